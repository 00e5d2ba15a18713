/* Generated from crds/ by scripts/gen.ts; run `make gen` after a change there. */
export const SCHEMAS = {
 "ClusterContract": {
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "properties": {
   "apiVersion": {
    "type": "string",
    "enum": [
     "proviso.dev/v1alpha1"
    ]
   },
   "kind": {
    "type": "string",
    "enum": [
     "ClusterContract"
    ]
   },
   "metadata": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"
     },
     "namespace": {
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "annotations": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "finalizers": {
      "type": "array",
      "items": {
       "type": "string"
      }
     },
     "uid": {},
     "resourceVersion": {},
     "generation": {},
     "creationTimestamp": {},
     "deletionTimestamp": {},
     "managedFields": {},
     "ownerReferences": {},
     "deletionGracePeriodSeconds": {},
     "selfLink": {}
    },
    "required": [
     "name"
    ],
    "additionalProperties": false
   },
   "spec": {
    "type": "object",
    "properties": {
     "namespaceSelector": {
      "type": "object",
      "properties": {
       "matchLabels": {
        "type": "object",
        "maxProperties": 16,
        "additionalProperties": {
         "type": "string",
         "maxLength": 63,
         "pattern": "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"
        }
       },
       "matchExpressions": {
        "type": "array",
        "maxItems": 16,
        "items": {
         "type": "object",
         "required": [
          "key",
          "operator"
         ],
         "properties": {
          "key": {
           "type": "string",
           "minLength": 1,
           "maxLength": 317,
           "pattern": "^([a-z0-9]([-.a-z0-9]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"
          },
          "operator": {
           "type": "string",
           "maxLength": 16,
           "enum": [
            "In",
            "NotIn",
            "Exists",
            "DoesNotExist"
           ]
          },
          "values": {
           "type": "array",
           "maxItems": 32,
           "items": {
            "type": "string",
            "maxLength": 63,
            "pattern": "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"
           }
          }
         },
         "additionalProperties": false
        }
       }
      },
      "additionalProperties": false
     },
     "workflowSelector": {
      "type": "object",
      "properties": {
       "matchLabels": {
        "type": "object",
        "maxProperties": 16,
        "additionalProperties": {
         "type": "string",
         "maxLength": 63,
         "pattern": "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"
        }
       },
       "matchExpressions": {
        "type": "array",
        "maxItems": 16,
        "items": {
         "type": "object",
         "required": [
          "key",
          "operator"
         ],
         "properties": {
          "key": {
           "type": "string",
           "minLength": 1,
           "maxLength": 317,
           "pattern": "^([a-z0-9]([-.a-z0-9]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"
          },
          "operator": {
           "type": "string",
           "maxLength": 16,
           "enum": [
            "In",
            "NotIn",
            "Exists",
            "DoesNotExist"
           ]
          },
          "values": {
           "type": "array",
           "maxItems": 32,
           "items": {
            "type": "string",
            "maxLength": 63,
            "pattern": "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"
           }
          }
         },
         "additionalProperties": false
        }
       }
      },
      "additionalProperties": false
     },
     "description": {
      "type": "string",
      "maxLength": 1024
     },
     "materials": {
      "type": "array",
      "maxItems": 64,
      "x-list-keys": [
       "name"
      ],
      "items": {
       "type": "object",
       "required": [
        "name",
        "type"
       ],
       "properties": {
        "name": {
         "type": "string",
         "minLength": 1,
         "maxLength": 63,
         "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
        },
        "type": {
         "type": "string",
         "maxLength": 64,
         "enum": [
          "ARTIFACT",
          "ASYNCAPI_SPEC",
          "ATTESTATION",
          "BLACKDUCK_SCA_JSON",
          "CERTCC_DRANZER",
          "CHAINLOOP_AI_AGENT_CONFIG",
          "CHAINLOOP_AI_CODING_SESSION",
          "CHAINLOOP_PR_INFO",
          "CHAINLOOP_RUNNER_CONTEXT",
          "CHECKMARX_JSON",
          "COBERTURA_XML",
          "CONTAINER_IMAGE",
          "CSAF_INFORMATIONAL_ADVISORY",
          "CSAF_SECURITY_ADVISORY",
          "CSAF_SECURITY_INCIDENT_RESPONSE",
          "CSAF_VEX",
          "EVIDENCE",
          "GHAS_CODE_SCAN",
          "GHAS_DEPENDENCY_SCAN",
          "GHAS_SECRET_SCAN",
          "GITLAB_SECURITY_REPORT",
          "GITLEAKS_JSON",
          "GRAPHQL_SPEC",
          "HELM_CHART",
          "JACOCO_XML",
          "JUNIT_XML",
          "OPENAPI_SPEC",
          "OPENVEX",
          "OSSF_SCORECARD_JSON",
          "RADAMSA_CRASHES",
          "RADAMSA_REPORT",
          "SARIF",
          "SBOM_CYCLONEDX_JSON",
          "SBOM_SPDX_JSON",
          "SLSA_PROVENANCE",
          "STRING",
          "SYSINTERNALS_ACCESSCHK",
          "SYSINTERNALS_SIGCHECK",
          "TRUFFLEHOG_JSON",
          "TWISTCLI_SCAN_JSON",
          "YELP_DETECT_SECRETS_BASELINE",
          "ZAP_DAST_ZIP"
         ]
        },
        "description": {
         "type": "string",
         "maxLength": 1024
        },
        "optional": {
         "type": "boolean"
        },
        "output": {
         "type": "boolean"
        },
        "group": {
         "type": "string",
         "minLength": 1,
         "maxLength": 63,
         "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
        },
        "skipUpload": {
         "type": "boolean"
        },
        "strict": {
         "type": "boolean"
        },
        "annotations": {
         "type": "array",
         "maxItems": 32,
         "x-list-keys": [
          "name"
         ],
         "items": {
          "type": "object",
          "required": [
           "name"
          ],
          "properties": {
           "name": {
            "type": "string",
            "minLength": 1,
            "maxLength": 63,
            "pattern": "^\\w+$"
           },
           "value": {
            "type": "string",
            "maxLength": 1024
           }
          },
          "additionalProperties": false
         }
        },
        "signers": {
         "type": "array",
         "minItems": 1,
         "maxItems": 8,
         "items": {
          "type": "object",
          "properties": {
           "key": {
            "type": "object",
            "properties": {
             "secretRef": {
              "type": "object",
              "required": [
               "name",
               "key"
              ],
              "properties": {
               "name": {
                "type": "string",
                "minLength": 1,
                "maxLength": 253
               },
               "key": {
                "type": "string",
                "minLength": 1,
                "maxLength": 253,
                "pattern": "^[-._a-zA-Z0-9]+$"
               }
              },
              "additionalProperties": false
             },
             "configMapRef": {
              "type": "object",
              "required": [
               "name",
               "key"
              ],
              "properties": {
               "name": {
                "type": "string",
                "minLength": 1,
                "maxLength": 253
               },
               "key": {
                "type": "string",
                "minLength": 1,
                "maxLength": 253,
                "pattern": "^[-._a-zA-Z0-9]+$"
               }
              },
              "additionalProperties": false
             },
             "inline": {
              "type": "string",
              "minLength": 1,
              "maxLength": 8192
             },
             "validFrom": {
              "type": "string",
              "maxLength": 64,
              "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
              "format": "date-time"
             },
             "validUntil": {
              "type": "string",
              "maxLength": 64,
              "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
              "format": "date-time"
             }
            },
            "additionalProperties": false
           },
           "keyless": {
            "type": "object",
            "required": [
             "issuer"
            ],
            "properties": {
             "issuer": {
              "type": "string",
              "minLength": 1,
              "maxLength": 2048,
              "pattern": "^https://"
             },
             "subject": {
              "type": "string",
              "minLength": 1,
              "maxLength": 2048
             },
             "subjectGlob": {
              "type": "string",
              "minLength": 2,
              "maxLength": 2048,
              "pattern": "^[^*].*\\*"
             },
             "claims": {
              "type": "array",
              "maxItems": 16,
              "x-list-keys": [
               "name"
              ],
              "items": {
               "type": "object",
               "required": [
                "name",
                "value"
               ],
               "properties": {
                "name": {
                 "type": "string",
                 "maxLength": 64,
                 "enum": [
                  "buildSignerURI",
                  "buildSignerDigest",
                  "runnerEnvironment",
                  "sourceRepositoryURI",
                  "sourceRepositoryDigest",
                  "sourceRepositoryRef",
                  "sourceRepositoryIdentifier",
                  "sourceRepositoryOwnerURI",
                  "sourceRepositoryOwnerIdentifier",
                  "buildConfigURI",
                  "buildConfigDigest",
                  "buildTrigger",
                  "runInvocationURI",
                  "sourceRepositoryVisibility"
                 ]
                },
                "value": {
                 "type": "string",
                 "minLength": 1,
                 "maxLength": 2048
                }
               },
               "additionalProperties": false
              }
             },
             "trustRootRef": {
              "type": "object",
              "required": [
               "name"
              ],
              "properties": {
               "name": {
                "type": "string",
                "minLength": 1,
                "maxLength": 253
               }
              },
              "additionalProperties": false
             }
            },
            "additionalProperties": false
           }
          },
          "additionalProperties": false
         }
        }
       },
       "additionalProperties": false
      }
     },
     "envAllowList": {
      "type": "array",
      "maxItems": 64,
      "uniqueItems": true,
      "items": {
       "type": "string",
       "minLength": 1,
       "maxLength": 128,
       "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"
      }
     },
     "runner": {
      "type": "object",
      "required": [
       "type"
      ],
      "properties": {
       "type": {
        "type": "string",
        "maxLength": 64,
        "enum": [
         "ARGO_WORKFLOW",
         "AZURE_PIPELINE",
         "BITBUCKET_PIPELINE",
         "BUILDKITE_BUILD",
         "CIRCLECI_BUILD",
         "DAGGER_PIPELINE",
         "DRONE_BUILD",
         "GENERIC",
         "GITHUB_ACTION",
         "GITLAB_PIPELINE",
         "JENKINS_JOB",
         "KUBERNETES_JOB",
         "TEAMCITY_PIPELINE",
         "TEKTON_PIPELINE"
        ]
       },
       "proven": {
        "type": "boolean"
       }
      },
      "additionalProperties": false
     },
     "annotations": {
      "type": "array",
      "maxItems": 32,
      "x-list-keys": [
       "name"
      ],
      "items": {
       "type": "object",
       "required": [
        "name"
       ],
       "properties": {
        "name": {
         "type": "string",
         "minLength": 1,
         "maxLength": 63,
         "pattern": "^\\w+$"
        },
        "value": {
         "type": "string",
         "maxLength": 1024
        }
       },
       "additionalProperties": false
      }
     },
     "policies": {
      "type": "object",
      "properties": {
       "materials": {
        "type": "array",
        "maxItems": 32,
        "items": {
         "type": "object",
         "required": [
          "ref"
         ],
         "properties": {
          "ref": {
           "type": "object",
           "required": [
            "name"
           ],
           "properties": {
            "kind": {
             "type": "string",
             "maxLength": 64,
             "enum": [
              "ClusterPolicy"
             ]
            },
            "name": {
             "type": "string",
             "minLength": 1,
             "maxLength": 253
            }
           },
           "additionalProperties": false
          },
          "with": {
           "type": "object",
           "maxProperties": 32,
           "additionalProperties": {
            "type": "string",
            "maxLength": 4096
           }
          },
          "selector": {
           "type": "object",
           "properties": {
            "name": {
             "type": "string",
             "minLength": 1,
             "maxLength": 63
            },
            "type": {
             "type": "string",
             "maxLength": 64,
             "enum": [
              "ARTIFACT",
              "ASYNCAPI_SPEC",
              "ATTESTATION",
              "BLACKDUCK_SCA_JSON",
              "CERTCC_DRANZER",
              "CHAINLOOP_AI_AGENT_CONFIG",
              "CHAINLOOP_AI_CODING_SESSION",
              "CHAINLOOP_PR_INFO",
              "CHAINLOOP_RUNNER_CONTEXT",
              "CHECKMARX_JSON",
              "COBERTURA_XML",
              "CONTAINER_IMAGE",
              "CSAF_INFORMATIONAL_ADVISORY",
              "CSAF_SECURITY_ADVISORY",
              "CSAF_SECURITY_INCIDENT_RESPONSE",
              "CSAF_VEX",
              "EVIDENCE",
              "GHAS_CODE_SCAN",
              "GHAS_DEPENDENCY_SCAN",
              "GHAS_SECRET_SCAN",
              "GITLAB_SECURITY_REPORT",
              "GITLEAKS_JSON",
              "GRAPHQL_SPEC",
              "HELM_CHART",
              "JACOCO_XML",
              "JUNIT_XML",
              "OPENAPI_SPEC",
              "OPENVEX",
              "OSSF_SCORECARD_JSON",
              "RADAMSA_CRASHES",
              "RADAMSA_REPORT",
              "SARIF",
              "SBOM_CYCLONEDX_JSON",
              "SBOM_SPDX_JSON",
              "SLSA_PROVENANCE",
              "STRING",
              "SYSINTERNALS_ACCESSCHK",
              "SYSINTERNALS_SIGCHECK",
              "TRUFFLEHOG_JSON",
              "TWISTCLI_SCAN_JSON",
              "YELP_DETECT_SECRETS_BASELINE",
              "ZAP_DAST_ZIP"
             ]
            }
           },
           "additionalProperties": false
          },
          "gate": {
           "type": "boolean"
          },
          "onSkip": {
           "type": "string",
           "maxLength": 16,
           "enum": [
            "Allow",
            "Warn",
            "Block"
           ]
          },
          "disabled": {
           "type": "boolean"
          },
          "requirements": {
           "type": "array",
           "maxItems": 16,
           "uniqueItems": true,
           "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": 253
           }
          }
         },
         "additionalProperties": false
        }
       },
       "attestation": {
        "type": "array",
        "maxItems": 32,
        "items": {
         "type": "object",
         "required": [
          "ref"
         ],
         "properties": {
          "ref": {
           "type": "object",
           "required": [
            "name"
           ],
           "properties": {
            "kind": {
             "type": "string",
             "maxLength": 64,
             "enum": [
              "ClusterPolicy"
             ]
            },
            "name": {
             "type": "string",
             "minLength": 1,
             "maxLength": 253
            }
           },
           "additionalProperties": false
          },
          "with": {
           "type": "object",
           "maxProperties": 32,
           "additionalProperties": {
            "type": "string",
            "maxLength": 4096
           }
          },
          "selector": {
           "type": "object",
           "properties": {
            "name": {
             "type": "string",
             "minLength": 1,
             "maxLength": 63
            },
            "type": {
             "type": "string",
             "maxLength": 64,
             "enum": [
              "ARTIFACT",
              "ASYNCAPI_SPEC",
              "ATTESTATION",
              "BLACKDUCK_SCA_JSON",
              "CERTCC_DRANZER",
              "CHAINLOOP_AI_AGENT_CONFIG",
              "CHAINLOOP_AI_CODING_SESSION",
              "CHAINLOOP_PR_INFO",
              "CHAINLOOP_RUNNER_CONTEXT",
              "CHECKMARX_JSON",
              "COBERTURA_XML",
              "CONTAINER_IMAGE",
              "CSAF_INFORMATIONAL_ADVISORY",
              "CSAF_SECURITY_ADVISORY",
              "CSAF_SECURITY_INCIDENT_RESPONSE",
              "CSAF_VEX",
              "EVIDENCE",
              "GHAS_CODE_SCAN",
              "GHAS_DEPENDENCY_SCAN",
              "GHAS_SECRET_SCAN",
              "GITLAB_SECURITY_REPORT",
              "GITLEAKS_JSON",
              "GRAPHQL_SPEC",
              "HELM_CHART",
              "JACOCO_XML",
              "JUNIT_XML",
              "OPENAPI_SPEC",
              "OPENVEX",
              "OSSF_SCORECARD_JSON",
              "RADAMSA_CRASHES",
              "RADAMSA_REPORT",
              "SARIF",
              "SBOM_CYCLONEDX_JSON",
              "SBOM_SPDX_JSON",
              "SLSA_PROVENANCE",
              "STRING",
              "SYSINTERNALS_ACCESSCHK",
              "SYSINTERNALS_SIGCHECK",
              "TRUFFLEHOG_JSON",
              "TWISTCLI_SCAN_JSON",
              "YELP_DETECT_SECRETS_BASELINE",
              "ZAP_DAST_ZIP"
             ]
            }
           },
           "additionalProperties": false
          },
          "gate": {
           "type": "boolean"
          },
          "onSkip": {
           "type": "string",
           "maxLength": 16,
           "enum": [
            "Allow",
            "Warn",
            "Block"
           ]
          },
          "disabled": {
           "type": "boolean"
          },
          "requirements": {
           "type": "array",
           "maxItems": 16,
           "uniqueItems": true,
           "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": 253
           }
          }
         },
         "additionalProperties": false
        }
       }
      },
      "additionalProperties": false
     },
     "policyGroups": {
      "type": "array",
      "maxItems": 16,
      "items": {
       "type": "object",
       "required": [
        "ref"
       ],
       "properties": {
        "ref": {
         "type": "object",
         "required": [
          "name"
         ],
         "properties": {
          "kind": {
           "type": "string",
           "maxLength": 64,
           "enum": [
            "ClusterPolicyGroup"
           ]
          },
          "name": {
           "type": "string",
           "minLength": 1,
           "maxLength": 253
          }
         },
         "additionalProperties": false
        },
        "with": {
         "type": "object",
         "maxProperties": 32,
         "additionalProperties": {
          "type": "string",
          "maxLength": 4096
         }
        },
        "skip": {
         "type": "array",
         "maxItems": 64,
         "uniqueItems": true,
         "items": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253
         }
        },
        "gate": {
         "type": "boolean"
        },
        "onSkip": {
         "type": "string",
         "maxLength": 16,
         "enum": [
          "Allow",
          "Warn",
          "Block"
         ]
        },
        "disabled": {
         "type": "boolean"
        }
       },
       "additionalProperties": false
      }
     },
     "enforcement": {
      "type": "string",
      "maxLength": 16,
      "enum": [
       "Enforce",
       "Audit"
      ]
     },
     "signers": {
      "type": "array",
      "maxItems": 16,
      "items": {
       "type": "object",
       "properties": {
        "key": {
         "type": "object",
         "properties": {
          "secretRef": {
           "type": "object",
           "required": [
            "name",
            "key"
           ],
           "properties": {
            "name": {
             "type": "string",
             "minLength": 1,
             "maxLength": 253
            },
            "key": {
             "type": "string",
             "minLength": 1,
             "maxLength": 253,
             "pattern": "^[-._a-zA-Z0-9]+$"
            }
           },
           "additionalProperties": false
          },
          "configMapRef": {
           "type": "object",
           "required": [
            "name",
            "key"
           ],
           "properties": {
            "name": {
             "type": "string",
             "minLength": 1,
             "maxLength": 253
            },
            "key": {
             "type": "string",
             "minLength": 1,
             "maxLength": 253,
             "pattern": "^[-._a-zA-Z0-9]+$"
            }
           },
           "additionalProperties": false
          },
          "inline": {
           "type": "string",
           "minLength": 1,
           "maxLength": 8192
          },
          "validFrom": {
           "type": "string",
           "maxLength": 64,
           "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
           "format": "date-time"
          },
          "validUntil": {
           "type": "string",
           "maxLength": 64,
           "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
           "format": "date-time"
          }
         },
         "additionalProperties": false
        },
        "keyless": {
         "type": "object",
         "required": [
          "issuer"
         ],
         "properties": {
          "issuer": {
           "type": "string",
           "minLength": 1,
           "maxLength": 2048,
           "pattern": "^https://"
          },
          "subject": {
           "type": "string",
           "minLength": 1,
           "maxLength": 2048
          },
          "subjectGlob": {
           "type": "string",
           "minLength": 2,
           "maxLength": 2048,
           "pattern": "^[^*].*\\*"
          },
          "claims": {
           "type": "array",
           "maxItems": 16,
           "x-list-keys": [
            "name"
           ],
           "items": {
            "type": "object",
            "required": [
             "name",
             "value"
            ],
            "properties": {
             "name": {
              "type": "string",
              "maxLength": 64,
              "enum": [
               "buildSignerURI",
               "buildSignerDigest",
               "runnerEnvironment",
               "sourceRepositoryURI",
               "sourceRepositoryDigest",
               "sourceRepositoryRef",
               "sourceRepositoryIdentifier",
               "sourceRepositoryOwnerURI",
               "sourceRepositoryOwnerIdentifier",
               "buildConfigURI",
               "buildConfigDigest",
               "buildTrigger",
               "runInvocationURI",
               "sourceRepositoryVisibility"
              ]
             },
             "value": {
              "type": "string",
              "minLength": 1,
              "maxLength": 2048
             }
            },
            "additionalProperties": false
           }
          },
          "trustRootRef": {
           "type": "object",
           "required": [
            "name"
           ],
           "properties": {
            "name": {
             "type": "string",
             "minLength": 1,
             "maxLength": 253
            }
           },
           "additionalProperties": false
          }
         },
         "additionalProperties": false
        }
       },
       "additionalProperties": false
      }
     },
     "signerThreshold": {
      "type": "integer",
      "minimum": 1,
      "maximum": 16
     },
     "deadline": {
      "type": "string",
      "minLength": 2,
      "maxLength": 16,
      "pattern": "^([0-9]{1,3}h)?([0-9]{1,5}m)?([0-9]{1,7}s)?$"
     }
    },
    "additionalProperties": false
   },
   "status": {}
  },
  "additionalProperties": false
 },
 "ClusterPolicy": {
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "properties": {
   "apiVersion": {
    "type": "string",
    "enum": [
     "proviso.dev/v1alpha1"
    ]
   },
   "kind": {
    "type": "string",
    "enum": [
     "ClusterPolicy"
    ]
   },
   "metadata": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"
     },
     "namespace": {
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "annotations": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "finalizers": {
      "type": "array",
      "items": {
       "type": "string"
      }
     },
     "uid": {},
     "resourceVersion": {},
     "generation": {},
     "creationTimestamp": {},
     "deletionTimestamp": {},
     "managedFields": {},
     "ownerReferences": {},
     "deletionGracePeriodSeconds": {},
     "selfLink": {}
    },
    "required": [
     "name"
    ],
    "additionalProperties": false
   },
   "spec": {
    "type": "object",
    "required": [
     "source"
    ],
    "properties": {
     "description": {
      "type": "string",
      "maxLength": 1024
     },
     "engine": {
      "type": "string",
      "maxLength": 16,
      "default": "CEL",
      "enum": [
       "CEL",
       "Rego"
      ]
     },
     "kinds": {
      "type": "array",
      "minItems": 1,
      "maxItems": 64,
      "uniqueItems": true,
      "items": {
       "type": "string",
       "maxLength": 64,
       "enum": [
        "ARTIFACT",
        "ASYNCAPI_SPEC",
        "ATTESTATION",
        "BLACKDUCK_SCA_JSON",
        "CERTCC_DRANZER",
        "CHAINLOOP_AI_AGENT_CONFIG",
        "CHAINLOOP_AI_CODING_SESSION",
        "CHAINLOOP_PR_INFO",
        "CHAINLOOP_RUNNER_CONTEXT",
        "CHECKMARX_JSON",
        "COBERTURA_XML",
        "CONTAINER_IMAGE",
        "CSAF_INFORMATIONAL_ADVISORY",
        "CSAF_SECURITY_ADVISORY",
        "CSAF_SECURITY_INCIDENT_RESPONSE",
        "CSAF_VEX",
        "EVIDENCE",
        "GHAS_CODE_SCAN",
        "GHAS_DEPENDENCY_SCAN",
        "GHAS_SECRET_SCAN",
        "GITLAB_SECURITY_REPORT",
        "GITLEAKS_JSON",
        "GRAPHQL_SPEC",
        "HELM_CHART",
        "JACOCO_XML",
        "JUNIT_XML",
        "OPENAPI_SPEC",
        "OPENVEX",
        "OSSF_SCORECARD_JSON",
        "RADAMSA_CRASHES",
        "RADAMSA_REPORT",
        "SARIF",
        "SBOM_CYCLONEDX_JSON",
        "SBOM_SPDX_JSON",
        "SLSA_PROVENANCE",
        "STRING",
        "SYSINTERNALS_ACCESSCHK",
        "SYSINTERNALS_SIGCHECK",
        "TRUFFLEHOG_JSON",
        "TWISTCLI_SCAN_JSON",
        "YELP_DETECT_SECRETS_BASELINE",
        "ZAP_DAST_ZIP"
       ]
      }
     },
     "attestation": {
      "type": "boolean"
     },
     "phases": {
      "type": "array",
      "minItems": 1,
      "maxItems": 3,
      "uniqueItems": true,
      "items": {
       "type": "string",
       "maxLength": 16,
       "enum": [
        "Init",
        "Add",
        "Push"
       ]
      }
     },
     "inputs": {
      "type": "array",
      "maxItems": 32,
      "x-list-keys": [
       "name"
      ],
      "items": {
       "type": "object",
       "required": [
        "name"
       ],
       "properties": {
        "name": {
         "type": "string",
         "minLength": 1,
         "maxLength": 63,
         "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"
        },
        "description": {
         "type": "string",
         "maxLength": 256
        },
        "default": {
         "type": "string",
         "maxLength": 4096
        },
        "required": {
         "type": "boolean"
        }
       },
       "additionalProperties": false
      }
     },
     "source": {
      "type": "object",
      "properties": {
       "inline": {
        "type": "string",
        "minLength": 1,
        "maxLength": 65536
       },
       "configMapRef": {
        "type": "object",
        "required": [
         "name",
         "key"
        ],
        "properties": {
         "name": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253
         },
         "key": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253,
          "pattern": "^[-._a-zA-Z0-9]+$"
         }
        },
        "additionalProperties": false
       },
       "oci": {
        "type": "object",
        "required": [
         "reference"
        ],
        "properties": {
         "reference": {
          "type": "string",
          "maxLength": 512,
          "pattern": "^([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:]+\\])(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+@sha256:[0-9a-f]{64}$"
         }
        },
        "additionalProperties": false
       }
      },
      "additionalProperties": false
     }
    },
    "additionalProperties": false
   },
   "status": {}
  },
  "additionalProperties": false
 },
 "ClusterPolicyGroup": {
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "properties": {
   "apiVersion": {
    "type": "string",
    "enum": [
     "proviso.dev/v1alpha1"
    ]
   },
   "kind": {
    "type": "string",
    "enum": [
     "ClusterPolicyGroup"
    ]
   },
   "metadata": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"
     },
     "namespace": {
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "annotations": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "finalizers": {
      "type": "array",
      "items": {
       "type": "string"
      }
     },
     "uid": {},
     "resourceVersion": {},
     "generation": {},
     "creationTimestamp": {},
     "deletionTimestamp": {},
     "managedFields": {},
     "ownerReferences": {},
     "deletionGracePeriodSeconds": {},
     "selfLink": {}
    },
    "required": [
     "name"
    ],
    "additionalProperties": false
   },
   "spec": {
    "type": "object",
    "properties": {
     "description": {
      "type": "string",
      "maxLength": 1024
     },
     "inputs": {
      "type": "array",
      "maxItems": 32,
      "x-list-keys": [
       "name"
      ],
      "items": {
       "type": "object",
       "required": [
        "name"
       ],
       "properties": {
        "name": {
         "type": "string",
         "minLength": 1,
         "maxLength": 63,
         "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"
        },
        "description": {
         "type": "string",
         "maxLength": 256
        },
        "default": {
         "type": "string",
         "maxLength": 4096
        },
        "required": {
         "type": "boolean"
        }
       },
       "additionalProperties": false
      }
     },
     "materials": {
      "type": "array",
      "minItems": 1,
      "maxItems": 32,
      "items": {
       "type": "object",
       "required": [
        "type"
       ],
       "properties": {
        "name": {
         "type": "string",
         "minLength": 1,
         "maxLength": 256
        },
        "type": {
         "type": "string",
         "maxLength": 64,
         "enum": [
          "ARTIFACT",
          "ASYNCAPI_SPEC",
          "ATTESTATION",
          "BLACKDUCK_SCA_JSON",
          "CERTCC_DRANZER",
          "CHAINLOOP_AI_AGENT_CONFIG",
          "CHAINLOOP_AI_CODING_SESSION",
          "CHAINLOOP_PR_INFO",
          "CHAINLOOP_RUNNER_CONTEXT",
          "CHECKMARX_JSON",
          "COBERTURA_XML",
          "CONTAINER_IMAGE",
          "CSAF_INFORMATIONAL_ADVISORY",
          "CSAF_SECURITY_ADVISORY",
          "CSAF_SECURITY_INCIDENT_RESPONSE",
          "CSAF_VEX",
          "EVIDENCE",
          "GHAS_CODE_SCAN",
          "GHAS_DEPENDENCY_SCAN",
          "GHAS_SECRET_SCAN",
          "GITLAB_SECURITY_REPORT",
          "GITLEAKS_JSON",
          "GRAPHQL_SPEC",
          "HELM_CHART",
          "JACOCO_XML",
          "JUNIT_XML",
          "OPENAPI_SPEC",
          "OPENVEX",
          "OSSF_SCORECARD_JSON",
          "RADAMSA_CRASHES",
          "RADAMSA_REPORT",
          "SARIF",
          "SBOM_CYCLONEDX_JSON",
          "SBOM_SPDX_JSON",
          "SLSA_PROVENANCE",
          "STRING",
          "SYSINTERNALS_ACCESSCHK",
          "SYSINTERNALS_SIGCHECK",
          "TRUFFLEHOG_JSON",
          "TWISTCLI_SCAN_JSON",
          "YELP_DETECT_SECRETS_BASELINE",
          "ZAP_DAST_ZIP"
         ]
        },
        "optional": {
         "type": "boolean"
        },
        "policies": {
         "type": "array",
         "maxItems": 32,
         "items": {
          "type": "object",
          "required": [
           "ref"
          ],
          "properties": {
           "ref": {
            "type": "object",
            "required": [
             "name"
            ],
            "properties": {
             "kind": {
              "type": "string",
              "maxLength": 64,
              "enum": [
               "ClusterPolicy"
              ]
             },
             "name": {
              "type": "string",
              "minLength": 1,
              "maxLength": 253
             }
            },
            "additionalProperties": false
           },
           "with": {
            "type": "object",
            "maxProperties": 32,
            "additionalProperties": {
             "type": "string",
             "maxLength": 4096
            }
           },
           "gate": {
            "type": "boolean"
           },
           "onSkip": {
            "type": "string",
            "maxLength": 16,
            "enum": [
             "Allow",
             "Warn",
             "Block"
            ]
           },
           "disabled": {
            "type": "boolean"
           },
           "requirements": {
            "type": "array",
            "maxItems": 16,
            "uniqueItems": true,
            "items": {
             "type": "string",
             "minLength": 1,
             "maxLength": 253
            }
           }
          },
          "additionalProperties": false
         }
        }
       },
       "additionalProperties": false
      }
     },
     "attestation": {
      "type": "array",
      "minItems": 1,
      "maxItems": 32,
      "items": {
       "type": "object",
       "required": [
        "ref"
       ],
       "properties": {
        "ref": {
         "type": "object",
         "required": [
          "name"
         ],
         "properties": {
          "kind": {
           "type": "string",
           "maxLength": 64,
           "enum": [
            "ClusterPolicy"
           ]
          },
          "name": {
           "type": "string",
           "minLength": 1,
           "maxLength": 253
          }
         },
         "additionalProperties": false
        },
        "with": {
         "type": "object",
         "maxProperties": 32,
         "additionalProperties": {
          "type": "string",
          "maxLength": 4096
         }
        },
        "gate": {
         "type": "boolean"
        },
        "onSkip": {
         "type": "string",
         "maxLength": 16,
         "enum": [
          "Allow",
          "Warn",
          "Block"
         ]
        },
        "disabled": {
         "type": "boolean"
        },
        "requirements": {
         "type": "array",
         "maxItems": 16,
         "uniqueItems": true,
         "items": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253
         }
        }
       },
       "additionalProperties": false
      }
     }
    },
    "additionalProperties": false
   },
   "status": {}
  },
  "additionalProperties": false
 },
 "Contract": {
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "properties": {
   "apiVersion": {
    "type": "string",
    "enum": [
     "proviso.dev/v1alpha1"
    ]
   },
   "kind": {
    "type": "string",
    "enum": [
     "Contract"
    ]
   },
   "metadata": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"
     },
     "namespace": {
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "annotations": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "finalizers": {
      "type": "array",
      "items": {
       "type": "string"
      }
     },
     "uid": {},
     "resourceVersion": {},
     "generation": {},
     "creationTimestamp": {},
     "deletionTimestamp": {},
     "managedFields": {},
     "ownerReferences": {},
     "deletionGracePeriodSeconds": {},
     "selfLink": {}
    },
    "required": [
     "name"
    ],
    "additionalProperties": false
   },
   "spec": {
    "type": "object",
    "properties": {
     "description": {
      "type": "string",
      "maxLength": 1024
     },
     "materials": {
      "type": "array",
      "maxItems": 64,
      "x-list-keys": [
       "name"
      ],
      "items": {
       "type": "object",
       "required": [
        "name",
        "type"
       ],
       "properties": {
        "name": {
         "type": "string",
         "minLength": 1,
         "maxLength": 63,
         "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
        },
        "type": {
         "type": "string",
         "maxLength": 64,
         "enum": [
          "ARTIFACT",
          "ASYNCAPI_SPEC",
          "ATTESTATION",
          "BLACKDUCK_SCA_JSON",
          "CERTCC_DRANZER",
          "CHAINLOOP_AI_AGENT_CONFIG",
          "CHAINLOOP_AI_CODING_SESSION",
          "CHAINLOOP_PR_INFO",
          "CHAINLOOP_RUNNER_CONTEXT",
          "CHECKMARX_JSON",
          "COBERTURA_XML",
          "CONTAINER_IMAGE",
          "CSAF_INFORMATIONAL_ADVISORY",
          "CSAF_SECURITY_ADVISORY",
          "CSAF_SECURITY_INCIDENT_RESPONSE",
          "CSAF_VEX",
          "EVIDENCE",
          "GHAS_CODE_SCAN",
          "GHAS_DEPENDENCY_SCAN",
          "GHAS_SECRET_SCAN",
          "GITLAB_SECURITY_REPORT",
          "GITLEAKS_JSON",
          "GRAPHQL_SPEC",
          "HELM_CHART",
          "JACOCO_XML",
          "JUNIT_XML",
          "OPENAPI_SPEC",
          "OPENVEX",
          "OSSF_SCORECARD_JSON",
          "RADAMSA_CRASHES",
          "RADAMSA_REPORT",
          "SARIF",
          "SBOM_CYCLONEDX_JSON",
          "SBOM_SPDX_JSON",
          "SLSA_PROVENANCE",
          "STRING",
          "SYSINTERNALS_ACCESSCHK",
          "SYSINTERNALS_SIGCHECK",
          "TRUFFLEHOG_JSON",
          "TWISTCLI_SCAN_JSON",
          "YELP_DETECT_SECRETS_BASELINE",
          "ZAP_DAST_ZIP"
         ]
        },
        "description": {
         "type": "string",
         "maxLength": 1024
        },
        "optional": {
         "type": "boolean"
        },
        "output": {
         "type": "boolean"
        },
        "group": {
         "type": "string",
         "minLength": 1,
         "maxLength": 63,
         "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
        },
        "skipUpload": {
         "type": "boolean"
        },
        "strict": {
         "type": "boolean"
        },
        "annotations": {
         "type": "array",
         "maxItems": 32,
         "x-list-keys": [
          "name"
         ],
         "items": {
          "type": "object",
          "required": [
           "name"
          ],
          "properties": {
           "name": {
            "type": "string",
            "minLength": 1,
            "maxLength": 63,
            "pattern": "^\\w+$"
           },
           "value": {
            "type": "string",
            "maxLength": 1024
           }
          },
          "additionalProperties": false
         }
        },
        "signers": {
         "type": "array",
         "minItems": 1,
         "maxItems": 8,
         "items": {
          "type": "object",
          "properties": {
           "key": {
            "type": "object",
            "properties": {
             "secretRef": {
              "type": "object",
              "required": [
               "name",
               "key"
              ],
              "properties": {
               "name": {
                "type": "string",
                "minLength": 1,
                "maxLength": 253
               },
               "key": {
                "type": "string",
                "minLength": 1,
                "maxLength": 253,
                "pattern": "^[-._a-zA-Z0-9]+$"
               }
              },
              "additionalProperties": false
             },
             "configMapRef": {
              "type": "object",
              "required": [
               "name",
               "key"
              ],
              "properties": {
               "name": {
                "type": "string",
                "minLength": 1,
                "maxLength": 253
               },
               "key": {
                "type": "string",
                "minLength": 1,
                "maxLength": 253,
                "pattern": "^[-._a-zA-Z0-9]+$"
               }
              },
              "additionalProperties": false
             },
             "inline": {
              "type": "string",
              "minLength": 1,
              "maxLength": 8192
             },
             "validFrom": {
              "type": "string",
              "maxLength": 64,
              "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
              "format": "date-time"
             },
             "validUntil": {
              "type": "string",
              "maxLength": 64,
              "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
              "format": "date-time"
             }
            },
            "additionalProperties": false
           },
           "keyless": {
            "type": "object",
            "required": [
             "issuer"
            ],
            "properties": {
             "issuer": {
              "type": "string",
              "minLength": 1,
              "maxLength": 2048,
              "pattern": "^https://"
             },
             "subject": {
              "type": "string",
              "minLength": 1,
              "maxLength": 2048
             },
             "subjectGlob": {
              "type": "string",
              "minLength": 2,
              "maxLength": 2048,
              "pattern": "^[^*].*\\*"
             },
             "claims": {
              "type": "array",
              "maxItems": 16,
              "x-list-keys": [
               "name"
              ],
              "items": {
               "type": "object",
               "required": [
                "name",
                "value"
               ],
               "properties": {
                "name": {
                 "type": "string",
                 "maxLength": 64,
                 "enum": [
                  "buildSignerURI",
                  "buildSignerDigest",
                  "runnerEnvironment",
                  "sourceRepositoryURI",
                  "sourceRepositoryDigest",
                  "sourceRepositoryRef",
                  "sourceRepositoryIdentifier",
                  "sourceRepositoryOwnerURI",
                  "sourceRepositoryOwnerIdentifier",
                  "buildConfigURI",
                  "buildConfigDigest",
                  "buildTrigger",
                  "runInvocationURI",
                  "sourceRepositoryVisibility"
                 ]
                },
                "value": {
                 "type": "string",
                 "minLength": 1,
                 "maxLength": 2048
                }
               },
               "additionalProperties": false
              }
             },
             "trustRootRef": {
              "type": "object",
              "required": [
               "name"
              ],
              "properties": {
               "name": {
                "type": "string",
                "minLength": 1,
                "maxLength": 253
               }
              },
              "additionalProperties": false
             }
            },
            "additionalProperties": false
           }
          },
          "additionalProperties": false
         }
        }
       },
       "additionalProperties": false
      }
     },
     "envAllowList": {
      "type": "array",
      "maxItems": 64,
      "uniqueItems": true,
      "items": {
       "type": "string",
       "minLength": 1,
       "maxLength": 128,
       "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"
      }
     },
     "runner": {
      "type": "object",
      "required": [
       "type"
      ],
      "properties": {
       "type": {
        "type": "string",
        "maxLength": 64,
        "enum": [
         "ARGO_WORKFLOW",
         "AZURE_PIPELINE",
         "BITBUCKET_PIPELINE",
         "BUILDKITE_BUILD",
         "CIRCLECI_BUILD",
         "DAGGER_PIPELINE",
         "DRONE_BUILD",
         "GENERIC",
         "GITHUB_ACTION",
         "GITLAB_PIPELINE",
         "JENKINS_JOB",
         "KUBERNETES_JOB",
         "TEAMCITY_PIPELINE",
         "TEKTON_PIPELINE"
        ]
       },
       "proven": {
        "type": "boolean"
       }
      },
      "additionalProperties": false
     },
     "annotations": {
      "type": "array",
      "maxItems": 32,
      "x-list-keys": [
       "name"
      ],
      "items": {
       "type": "object",
       "required": [
        "name"
       ],
       "properties": {
        "name": {
         "type": "string",
         "minLength": 1,
         "maxLength": 63,
         "pattern": "^\\w+$"
        },
        "value": {
         "type": "string",
         "maxLength": 1024
        }
       },
       "additionalProperties": false
      }
     },
     "policies": {
      "type": "object",
      "properties": {
       "materials": {
        "type": "array",
        "maxItems": 32,
        "items": {
         "type": "object",
         "required": [
          "ref"
         ],
         "properties": {
          "ref": {
           "type": "object",
           "required": [
            "name"
           ],
           "properties": {
            "kind": {
             "type": "string",
             "maxLength": 64,
             "enum": [
              "Policy",
              "ClusterPolicy"
             ]
            },
            "name": {
             "type": "string",
             "minLength": 1,
             "maxLength": 253
            }
           },
           "additionalProperties": false
          },
          "with": {
           "type": "object",
           "maxProperties": 32,
           "additionalProperties": {
            "type": "string",
            "maxLength": 4096
           }
          },
          "selector": {
           "type": "object",
           "properties": {
            "name": {
             "type": "string",
             "minLength": 1,
             "maxLength": 63
            },
            "type": {
             "type": "string",
             "maxLength": 64,
             "enum": [
              "ARTIFACT",
              "ASYNCAPI_SPEC",
              "ATTESTATION",
              "BLACKDUCK_SCA_JSON",
              "CERTCC_DRANZER",
              "CHAINLOOP_AI_AGENT_CONFIG",
              "CHAINLOOP_AI_CODING_SESSION",
              "CHAINLOOP_PR_INFO",
              "CHAINLOOP_RUNNER_CONTEXT",
              "CHECKMARX_JSON",
              "COBERTURA_XML",
              "CONTAINER_IMAGE",
              "CSAF_INFORMATIONAL_ADVISORY",
              "CSAF_SECURITY_ADVISORY",
              "CSAF_SECURITY_INCIDENT_RESPONSE",
              "CSAF_VEX",
              "EVIDENCE",
              "GHAS_CODE_SCAN",
              "GHAS_DEPENDENCY_SCAN",
              "GHAS_SECRET_SCAN",
              "GITLAB_SECURITY_REPORT",
              "GITLEAKS_JSON",
              "GRAPHQL_SPEC",
              "HELM_CHART",
              "JACOCO_XML",
              "JUNIT_XML",
              "OPENAPI_SPEC",
              "OPENVEX",
              "OSSF_SCORECARD_JSON",
              "RADAMSA_CRASHES",
              "RADAMSA_REPORT",
              "SARIF",
              "SBOM_CYCLONEDX_JSON",
              "SBOM_SPDX_JSON",
              "SLSA_PROVENANCE",
              "STRING",
              "SYSINTERNALS_ACCESSCHK",
              "SYSINTERNALS_SIGCHECK",
              "TRUFFLEHOG_JSON",
              "TWISTCLI_SCAN_JSON",
              "YELP_DETECT_SECRETS_BASELINE",
              "ZAP_DAST_ZIP"
             ]
            }
           },
           "additionalProperties": false
          },
          "gate": {
           "type": "boolean"
          },
          "onSkip": {
           "type": "string",
           "maxLength": 16,
           "enum": [
            "Allow",
            "Warn",
            "Block"
           ]
          },
          "disabled": {
           "type": "boolean"
          },
          "requirements": {
           "type": "array",
           "maxItems": 16,
           "uniqueItems": true,
           "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": 253
           }
          }
         },
         "additionalProperties": false
        }
       },
       "attestation": {
        "type": "array",
        "maxItems": 32,
        "items": {
         "type": "object",
         "required": [
          "ref"
         ],
         "properties": {
          "ref": {
           "type": "object",
           "required": [
            "name"
           ],
           "properties": {
            "kind": {
             "type": "string",
             "maxLength": 64,
             "enum": [
              "Policy",
              "ClusterPolicy"
             ]
            },
            "name": {
             "type": "string",
             "minLength": 1,
             "maxLength": 253
            }
           },
           "additionalProperties": false
          },
          "with": {
           "type": "object",
           "maxProperties": 32,
           "additionalProperties": {
            "type": "string",
            "maxLength": 4096
           }
          },
          "selector": {
           "type": "object",
           "properties": {
            "name": {
             "type": "string",
             "minLength": 1,
             "maxLength": 63
            },
            "type": {
             "type": "string",
             "maxLength": 64,
             "enum": [
              "ARTIFACT",
              "ASYNCAPI_SPEC",
              "ATTESTATION",
              "BLACKDUCK_SCA_JSON",
              "CERTCC_DRANZER",
              "CHAINLOOP_AI_AGENT_CONFIG",
              "CHAINLOOP_AI_CODING_SESSION",
              "CHAINLOOP_PR_INFO",
              "CHAINLOOP_RUNNER_CONTEXT",
              "CHECKMARX_JSON",
              "COBERTURA_XML",
              "CONTAINER_IMAGE",
              "CSAF_INFORMATIONAL_ADVISORY",
              "CSAF_SECURITY_ADVISORY",
              "CSAF_SECURITY_INCIDENT_RESPONSE",
              "CSAF_VEX",
              "EVIDENCE",
              "GHAS_CODE_SCAN",
              "GHAS_DEPENDENCY_SCAN",
              "GHAS_SECRET_SCAN",
              "GITLAB_SECURITY_REPORT",
              "GITLEAKS_JSON",
              "GRAPHQL_SPEC",
              "HELM_CHART",
              "JACOCO_XML",
              "JUNIT_XML",
              "OPENAPI_SPEC",
              "OPENVEX",
              "OSSF_SCORECARD_JSON",
              "RADAMSA_CRASHES",
              "RADAMSA_REPORT",
              "SARIF",
              "SBOM_CYCLONEDX_JSON",
              "SBOM_SPDX_JSON",
              "SLSA_PROVENANCE",
              "STRING",
              "SYSINTERNALS_ACCESSCHK",
              "SYSINTERNALS_SIGCHECK",
              "TRUFFLEHOG_JSON",
              "TWISTCLI_SCAN_JSON",
              "YELP_DETECT_SECRETS_BASELINE",
              "ZAP_DAST_ZIP"
             ]
            }
           },
           "additionalProperties": false
          },
          "gate": {
           "type": "boolean"
          },
          "onSkip": {
           "type": "string",
           "maxLength": 16,
           "enum": [
            "Allow",
            "Warn",
            "Block"
           ]
          },
          "disabled": {
           "type": "boolean"
          },
          "requirements": {
           "type": "array",
           "maxItems": 16,
           "uniqueItems": true,
           "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": 253
           }
          }
         },
         "additionalProperties": false
        }
       }
      },
      "additionalProperties": false
     },
     "policyGroups": {
      "type": "array",
      "maxItems": 16,
      "items": {
       "type": "object",
       "required": [
        "ref"
       ],
       "properties": {
        "ref": {
         "type": "object",
         "required": [
          "name"
         ],
         "properties": {
          "kind": {
           "type": "string",
           "maxLength": 64,
           "enum": [
            "PolicyGroup",
            "ClusterPolicyGroup"
           ]
          },
          "name": {
           "type": "string",
           "minLength": 1,
           "maxLength": 253
          }
         },
         "additionalProperties": false
        },
        "with": {
         "type": "object",
         "maxProperties": 32,
         "additionalProperties": {
          "type": "string",
          "maxLength": 4096
         }
        },
        "skip": {
         "type": "array",
         "maxItems": 64,
         "uniqueItems": true,
         "items": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253
         }
        },
        "gate": {
         "type": "boolean"
        },
        "onSkip": {
         "type": "string",
         "maxLength": 16,
         "enum": [
          "Allow",
          "Warn",
          "Block"
         ]
        },
        "disabled": {
         "type": "boolean"
        }
       },
       "additionalProperties": false
      }
     },
     "enforcement": {
      "type": "string",
      "maxLength": 16,
      "enum": [
       "Enforce",
       "Audit"
      ]
     },
     "signers": {
      "type": "array",
      "maxItems": 16,
      "items": {
       "type": "object",
       "properties": {
        "key": {
         "type": "object",
         "properties": {
          "secretRef": {
           "type": "object",
           "required": [
            "name",
            "key"
           ],
           "properties": {
            "name": {
             "type": "string",
             "minLength": 1,
             "maxLength": 253
            },
            "key": {
             "type": "string",
             "minLength": 1,
             "maxLength": 253,
             "pattern": "^[-._a-zA-Z0-9]+$"
            }
           },
           "additionalProperties": false
          },
          "configMapRef": {
           "type": "object",
           "required": [
            "name",
            "key"
           ],
           "properties": {
            "name": {
             "type": "string",
             "minLength": 1,
             "maxLength": 253
            },
            "key": {
             "type": "string",
             "minLength": 1,
             "maxLength": 253,
             "pattern": "^[-._a-zA-Z0-9]+$"
            }
           },
           "additionalProperties": false
          },
          "inline": {
           "type": "string",
           "minLength": 1,
           "maxLength": 8192
          },
          "validFrom": {
           "type": "string",
           "maxLength": 64,
           "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
           "format": "date-time"
          },
          "validUntil": {
           "type": "string",
           "maxLength": 64,
           "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
           "format": "date-time"
          }
         },
         "additionalProperties": false
        },
        "keyless": {
         "type": "object",
         "required": [
          "issuer"
         ],
         "properties": {
          "issuer": {
           "type": "string",
           "minLength": 1,
           "maxLength": 2048,
           "pattern": "^https://"
          },
          "subject": {
           "type": "string",
           "minLength": 1,
           "maxLength": 2048
          },
          "subjectGlob": {
           "type": "string",
           "minLength": 2,
           "maxLength": 2048,
           "pattern": "^[^*].*\\*"
          },
          "claims": {
           "type": "array",
           "maxItems": 16,
           "x-list-keys": [
            "name"
           ],
           "items": {
            "type": "object",
            "required": [
             "name",
             "value"
            ],
            "properties": {
             "name": {
              "type": "string",
              "maxLength": 64,
              "enum": [
               "buildSignerURI",
               "buildSignerDigest",
               "runnerEnvironment",
               "sourceRepositoryURI",
               "sourceRepositoryDigest",
               "sourceRepositoryRef",
               "sourceRepositoryIdentifier",
               "sourceRepositoryOwnerURI",
               "sourceRepositoryOwnerIdentifier",
               "buildConfigURI",
               "buildConfigDigest",
               "buildTrigger",
               "runInvocationURI",
               "sourceRepositoryVisibility"
              ]
             },
             "value": {
              "type": "string",
              "minLength": 1,
              "maxLength": 2048
             }
            },
            "additionalProperties": false
           }
          },
          "trustRootRef": {
           "type": "object",
           "required": [
            "name"
           ],
           "properties": {
            "name": {
             "type": "string",
             "minLength": 1,
             "maxLength": 253
            }
           },
           "additionalProperties": false
          }
         },
         "additionalProperties": false
        }
       },
       "additionalProperties": false
      }
     },
     "signerThreshold": {
      "type": "integer",
      "minimum": 1,
      "maximum": 16
     },
     "deadline": {
      "type": "string",
      "minLength": 2,
      "maxLength": 16,
      "pattern": "^([0-9]{1,3}h)?([0-9]{1,5}m)?([0-9]{1,7}s)?$"
     }
    },
    "additionalProperties": false
   },
   "status": {}
  },
  "additionalProperties": false
 },
 "EvidenceStore": {
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "properties": {
   "apiVersion": {
    "type": "string",
    "enum": [
     "proviso.dev/v1alpha1"
    ]
   },
   "kind": {
    "type": "string",
    "enum": [
     "EvidenceStore"
    ]
   },
   "metadata": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"
     },
     "namespace": {
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "annotations": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "finalizers": {
      "type": "array",
      "items": {
       "type": "string"
      }
     },
     "uid": {},
     "resourceVersion": {},
     "generation": {},
     "creationTimestamp": {},
     "deletionTimestamp": {},
     "managedFields": {},
     "ownerReferences": {},
     "deletionGracePeriodSeconds": {},
     "selfLink": {}
    },
    "required": [
     "name"
    ],
    "additionalProperties": false
   },
   "spec": {
    "type": "object",
    "properties": {
     "default": {
      "type": "boolean"
     },
     "fallback": {
      "type": "boolean"
     },
     "maxBlobSize": {
      "type": "integer",
      "minimum": 1,
      "maximum": 9007199254740991
     },
     "movedTo": {
      "type": "object",
      "required": [
       "name"
      ],
      "properties": {
       "name": {
        "type": "string",
        "minLength": 1,
        "maxLength": 253
       },
       "leaveDamaged": {
        "type": "boolean"
       }
      },
      "additionalProperties": false
     },
     "namespaces": {
      "type": "object",
      "properties": {
       "matchLabels": {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 16,
        "additionalProperties": {
         "type": "string",
         "maxLength": 63
        }
       }
      },
      "additionalProperties": false
     },
     "retention": {
      "type": "object",
      "properties": {
       "keepFor": {
        "type": "string",
        "minLength": 2,
        "maxLength": 16,
        "pattern": "^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$"
       },
       "keepAcceptedFor": {
        "type": "string",
        "minLength": 2,
        "maxLength": 16,
        "pattern": "^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$"
       },
       "keepLast": {
        "type": "integer",
        "minimum": 1,
        "maximum": 1000000
       },
       "enforcement": {
        "type": "string",
        "maxLength": 16,
        "enum": [
         "Enforce",
         "Audit"
        ]
       }
      },
      "additionalProperties": false
     },
     "filesystem": {
      "type": "object",
      "required": [
       "path"
      ],
      "properties": {
       "path": {
        "type": "string",
        "minLength": 2,
        "maxLength": 1024,
        "pattern": "^/[^/].*$"
       }
      },
      "additionalProperties": false
     },
     "s3": {
      "type": "object",
      "required": [
       "bucket"
      ],
      "properties": {
       "bucket": {
        "type": "string",
        "minLength": 3,
        "maxLength": 63,
        "pattern": "^[a-z0-9][a-z0-9.-]*[a-z0-9]$"
       },
       "prefix": {
        "type": "string",
        "minLength": 2,
        "maxLength": 512,
        "pattern": "^([A-Za-z0-9!_.*'()-]+/)+$"
       },
       "region": {
        "type": "string",
        "minLength": 1,
        "maxLength": 64,
        "pattern": "^[a-z0-9-]+$"
       },
       "endpoint": {
        "type": "string",
        "minLength": 8,
        "maxLength": 1024,
        "pattern": "^https?://[A-Za-z0-9.:\\[\\]-]+(/[A-Za-z0-9._~/-]*)?$"
       },
       "forcePathStyle": {
        "type": "boolean"
       },
       "ca": {
        "type": "string",
        "minLength": 1,
        "maxLength": 65536
       },
       "credentialsSecretRef": {
        "type": "object",
        "required": [
         "name"
        ],
        "properties": {
         "name": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253
         }
        },
        "additionalProperties": false
       },
       "webIdentity": {
        "type": "object",
        "required": [
         "roleArn"
        ],
        "properties": {
         "roleArn": {
          "type": "string",
          "minLength": 20,
          "maxLength": 2048,
          "pattern": "^arn:[a-z0-9-]+:iam::[0-9]*:role/.+$"
         }
        },
        "additionalProperties": false
       },
       "signedUrls": {
        "type": "object",
        "required": [
         "expiry"
        ],
        "properties": {
         "expiry": {
          "type": "string",
          "minLength": 2,
          "maxLength": 16,
          "pattern": "^([0-9]{1,3}h)?([0-9]{1,5}m)?([0-9]{1,7}s)?$"
         }
        },
        "additionalProperties": false
       }
      },
      "additionalProperties": false
     },
     "oci": {
      "type": "object",
      "required": [
       "repository"
      ],
      "properties": {
       "repository": {
        "type": "string",
        "minLength": 3,
        "maxLength": 512,
        "pattern": "^([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:]+\\])(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+$"
       },
       "plainHttp": {
        "type": "boolean"
       },
       "ca": {
        "type": "string",
        "minLength": 1,
        "maxLength": 65536
       },
       "credentialsSecretRef": {
        "type": "object",
        "required": [
         "name"
        ],
        "properties": {
         "name": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253
         }
        },
        "additionalProperties": false
       }
      },
      "additionalProperties": false
     }
    },
    "additionalProperties": false
   },
   "status": {}
  },
  "additionalProperties": false
 },
 "Policy": {
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "properties": {
   "apiVersion": {
    "type": "string",
    "enum": [
     "proviso.dev/v1alpha1"
    ]
   },
   "kind": {
    "type": "string",
    "enum": [
     "Policy"
    ]
   },
   "metadata": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"
     },
     "namespace": {
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "annotations": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "finalizers": {
      "type": "array",
      "items": {
       "type": "string"
      }
     },
     "uid": {},
     "resourceVersion": {},
     "generation": {},
     "creationTimestamp": {},
     "deletionTimestamp": {},
     "managedFields": {},
     "ownerReferences": {},
     "deletionGracePeriodSeconds": {},
     "selfLink": {}
    },
    "required": [
     "name"
    ],
    "additionalProperties": false
   },
   "spec": {
    "type": "object",
    "required": [
     "source"
    ],
    "properties": {
     "description": {
      "type": "string",
      "maxLength": 1024
     },
     "engine": {
      "type": "string",
      "maxLength": 16,
      "default": "CEL",
      "enum": [
       "CEL",
       "Rego"
      ]
     },
     "kinds": {
      "type": "array",
      "minItems": 1,
      "maxItems": 64,
      "uniqueItems": true,
      "items": {
       "type": "string",
       "maxLength": 64,
       "enum": [
        "ARTIFACT",
        "ASYNCAPI_SPEC",
        "ATTESTATION",
        "BLACKDUCK_SCA_JSON",
        "CERTCC_DRANZER",
        "CHAINLOOP_AI_AGENT_CONFIG",
        "CHAINLOOP_AI_CODING_SESSION",
        "CHAINLOOP_PR_INFO",
        "CHAINLOOP_RUNNER_CONTEXT",
        "CHECKMARX_JSON",
        "COBERTURA_XML",
        "CONTAINER_IMAGE",
        "CSAF_INFORMATIONAL_ADVISORY",
        "CSAF_SECURITY_ADVISORY",
        "CSAF_SECURITY_INCIDENT_RESPONSE",
        "CSAF_VEX",
        "EVIDENCE",
        "GHAS_CODE_SCAN",
        "GHAS_DEPENDENCY_SCAN",
        "GHAS_SECRET_SCAN",
        "GITLAB_SECURITY_REPORT",
        "GITLEAKS_JSON",
        "GRAPHQL_SPEC",
        "HELM_CHART",
        "JACOCO_XML",
        "JUNIT_XML",
        "OPENAPI_SPEC",
        "OPENVEX",
        "OSSF_SCORECARD_JSON",
        "RADAMSA_CRASHES",
        "RADAMSA_REPORT",
        "SARIF",
        "SBOM_CYCLONEDX_JSON",
        "SBOM_SPDX_JSON",
        "SLSA_PROVENANCE",
        "STRING",
        "SYSINTERNALS_ACCESSCHK",
        "SYSINTERNALS_SIGCHECK",
        "TRUFFLEHOG_JSON",
        "TWISTCLI_SCAN_JSON",
        "YELP_DETECT_SECRETS_BASELINE",
        "ZAP_DAST_ZIP"
       ]
      }
     },
     "attestation": {
      "type": "boolean"
     },
     "phases": {
      "type": "array",
      "minItems": 1,
      "maxItems": 3,
      "uniqueItems": true,
      "items": {
       "type": "string",
       "maxLength": 16,
       "enum": [
        "Init",
        "Add",
        "Push"
       ]
      }
     },
     "inputs": {
      "type": "array",
      "maxItems": 32,
      "x-list-keys": [
       "name"
      ],
      "items": {
       "type": "object",
       "required": [
        "name"
       ],
       "properties": {
        "name": {
         "type": "string",
         "minLength": 1,
         "maxLength": 63,
         "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"
        },
        "description": {
         "type": "string",
         "maxLength": 256
        },
        "default": {
         "type": "string",
         "maxLength": 4096
        },
        "required": {
         "type": "boolean"
        }
       },
       "additionalProperties": false
      }
     },
     "source": {
      "type": "object",
      "properties": {
       "inline": {
        "type": "string",
        "minLength": 1,
        "maxLength": 65536
       },
       "configMapRef": {
        "type": "object",
        "required": [
         "name",
         "key"
        ],
        "properties": {
         "name": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253
         },
         "key": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253,
          "pattern": "^[-._a-zA-Z0-9]+$"
         }
        },
        "additionalProperties": false
       },
       "oci": {
        "type": "object",
        "required": [
         "reference"
        ],
        "properties": {
         "reference": {
          "type": "string",
          "maxLength": 512,
          "pattern": "^([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:]+\\])(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+@sha256:[0-9a-f]{64}$"
         }
        },
        "additionalProperties": false
       }
      },
      "additionalProperties": false
     }
    },
    "additionalProperties": false
   },
   "status": {}
  },
  "additionalProperties": false
 },
 "PolicyGroup": {
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "properties": {
   "apiVersion": {
    "type": "string",
    "enum": [
     "proviso.dev/v1alpha1"
    ]
   },
   "kind": {
    "type": "string",
    "enum": [
     "PolicyGroup"
    ]
   },
   "metadata": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"
     },
     "namespace": {
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "annotations": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "finalizers": {
      "type": "array",
      "items": {
       "type": "string"
      }
     },
     "uid": {},
     "resourceVersion": {},
     "generation": {},
     "creationTimestamp": {},
     "deletionTimestamp": {},
     "managedFields": {},
     "ownerReferences": {},
     "deletionGracePeriodSeconds": {},
     "selfLink": {}
    },
    "required": [
     "name"
    ],
    "additionalProperties": false
   },
   "spec": {
    "type": "object",
    "properties": {
     "description": {
      "type": "string",
      "maxLength": 1024
     },
     "inputs": {
      "type": "array",
      "maxItems": 32,
      "x-list-keys": [
       "name"
      ],
      "items": {
       "type": "object",
       "required": [
        "name"
       ],
       "properties": {
        "name": {
         "type": "string",
         "minLength": 1,
         "maxLength": 63,
         "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"
        },
        "description": {
         "type": "string",
         "maxLength": 256
        },
        "default": {
         "type": "string",
         "maxLength": 4096
        },
        "required": {
         "type": "boolean"
        }
       },
       "additionalProperties": false
      }
     },
     "materials": {
      "type": "array",
      "minItems": 1,
      "maxItems": 32,
      "items": {
       "type": "object",
       "required": [
        "type"
       ],
       "properties": {
        "name": {
         "type": "string",
         "minLength": 1,
         "maxLength": 256
        },
        "type": {
         "type": "string",
         "maxLength": 64,
         "enum": [
          "ARTIFACT",
          "ASYNCAPI_SPEC",
          "ATTESTATION",
          "BLACKDUCK_SCA_JSON",
          "CERTCC_DRANZER",
          "CHAINLOOP_AI_AGENT_CONFIG",
          "CHAINLOOP_AI_CODING_SESSION",
          "CHAINLOOP_PR_INFO",
          "CHAINLOOP_RUNNER_CONTEXT",
          "CHECKMARX_JSON",
          "COBERTURA_XML",
          "CONTAINER_IMAGE",
          "CSAF_INFORMATIONAL_ADVISORY",
          "CSAF_SECURITY_ADVISORY",
          "CSAF_SECURITY_INCIDENT_RESPONSE",
          "CSAF_VEX",
          "EVIDENCE",
          "GHAS_CODE_SCAN",
          "GHAS_DEPENDENCY_SCAN",
          "GHAS_SECRET_SCAN",
          "GITLAB_SECURITY_REPORT",
          "GITLEAKS_JSON",
          "GRAPHQL_SPEC",
          "HELM_CHART",
          "JACOCO_XML",
          "JUNIT_XML",
          "OPENAPI_SPEC",
          "OPENVEX",
          "OSSF_SCORECARD_JSON",
          "RADAMSA_CRASHES",
          "RADAMSA_REPORT",
          "SARIF",
          "SBOM_CYCLONEDX_JSON",
          "SBOM_SPDX_JSON",
          "SLSA_PROVENANCE",
          "STRING",
          "SYSINTERNALS_ACCESSCHK",
          "SYSINTERNALS_SIGCHECK",
          "TRUFFLEHOG_JSON",
          "TWISTCLI_SCAN_JSON",
          "YELP_DETECT_SECRETS_BASELINE",
          "ZAP_DAST_ZIP"
         ]
        },
        "optional": {
         "type": "boolean"
        },
        "policies": {
         "type": "array",
         "maxItems": 32,
         "items": {
          "type": "object",
          "required": [
           "ref"
          ],
          "properties": {
           "ref": {
            "type": "object",
            "required": [
             "name"
            ],
            "properties": {
             "kind": {
              "type": "string",
              "maxLength": 64,
              "enum": [
               "Policy",
               "ClusterPolicy"
              ]
             },
             "name": {
              "type": "string",
              "minLength": 1,
              "maxLength": 253
             }
            },
            "additionalProperties": false
           },
           "with": {
            "type": "object",
            "maxProperties": 32,
            "additionalProperties": {
             "type": "string",
             "maxLength": 4096
            }
           },
           "gate": {
            "type": "boolean"
           },
           "onSkip": {
            "type": "string",
            "maxLength": 16,
            "enum": [
             "Allow",
             "Warn",
             "Block"
            ]
           },
           "disabled": {
            "type": "boolean"
           },
           "requirements": {
            "type": "array",
            "maxItems": 16,
            "uniqueItems": true,
            "items": {
             "type": "string",
             "minLength": 1,
             "maxLength": 253
            }
           }
          },
          "additionalProperties": false
         }
        }
       },
       "additionalProperties": false
      }
     },
     "attestation": {
      "type": "array",
      "minItems": 1,
      "maxItems": 32,
      "items": {
       "type": "object",
       "required": [
        "ref"
       ],
       "properties": {
        "ref": {
         "type": "object",
         "required": [
          "name"
         ],
         "properties": {
          "kind": {
           "type": "string",
           "maxLength": 64,
           "enum": [
            "Policy",
            "ClusterPolicy"
           ]
          },
          "name": {
           "type": "string",
           "minLength": 1,
           "maxLength": 253
          }
         },
         "additionalProperties": false
        },
        "with": {
         "type": "object",
         "maxProperties": 32,
         "additionalProperties": {
          "type": "string",
          "maxLength": 4096
         }
        },
        "gate": {
         "type": "boolean"
        },
        "onSkip": {
         "type": "string",
         "maxLength": 16,
         "enum": [
          "Allow",
          "Warn",
          "Block"
         ]
        },
        "disabled": {
         "type": "boolean"
        },
        "requirements": {
         "type": "array",
         "maxItems": 16,
         "uniqueItems": true,
         "items": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253
         }
        }
       },
       "additionalProperties": false
      }
     }
    },
    "additionalProperties": false
   },
   "status": {}
  },
  "additionalProperties": false
 },
 "Subscription": {
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "properties": {
   "apiVersion": {
    "type": "string",
    "enum": [
     "proviso.dev/v1alpha1"
    ]
   },
   "kind": {
    "type": "string",
    "enum": [
     "Subscription"
    ]
   },
   "metadata": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"
     },
     "namespace": {
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "annotations": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "finalizers": {
      "type": "array",
      "items": {
       "type": "string"
      }
     },
     "uid": {},
     "resourceVersion": {},
     "generation": {},
     "creationTimestamp": {},
     "deletionTimestamp": {},
     "managedFields": {},
     "ownerReferences": {},
     "deletionGracePeriodSeconds": {},
     "selfLink": {}
    },
    "required": [
     "name"
    ],
    "additionalProperties": false
   },
   "spec": {
    "type": "object",
    "properties": {
     "http": {
      "type": "object",
      "properties": {
       "url": {
        "type": "string",
        "minLength": 1,
        "maxLength": 2048,
        "pattern": "^https?://[^\\s@]+$"
       },
       "secretRef": {
        "type": "object",
        "required": [
         "name"
        ],
        "properties": {
         "name": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253,
          "pattern": "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"
         }
        },
        "additionalProperties": false
       },
       "mode": {
        "type": "string",
        "maxLength": 16,
        "default": "Structured",
        "enum": [
         "Structured",
         "Binary"
        ]
       }
      },
      "additionalProperties": false
     },
     "dependencyTrack": {
      "type": "object",
      "required": [
       "secretRef"
      ],
      "properties": {
       "secretRef": {
        "type": "object",
        "required": [
         "name"
        ],
        "properties": {
         "name": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253,
          "pattern": "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"
         }
        },
        "additionalProperties": false
       },
       "project": {
        "type": "string",
        "minLength": 1,
        "maxLength": 190
       }
      },
      "additionalProperties": false
     },
     "events": {
      "type": "array",
      "minItems": 1,
      "maxItems": 6,
      "uniqueItems": true,
      "items": {
       "type": "string",
       "maxLength": 16,
       "enum": [
        "Opened",
        "WaiverUsed",
        "PolicyViolated",
        "Accepted",
        "Refused",
        "Expired"
       ]
      }
     },
     "filter": {
      "type": "string",
      "minLength": 1,
      "maxLength": 2048
     },
     "suspend": {
      "type": "boolean",
      "default": false
     }
    },
    "additionalProperties": false
   },
   "status": {}
  },
  "additionalProperties": false
 },
 "TrustRoot": {
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "properties": {
   "apiVersion": {
    "type": "string",
    "enum": [
     "proviso.dev/v1alpha1"
    ]
   },
   "kind": {
    "type": "string",
    "enum": [
     "TrustRoot"
    ]
   },
   "metadata": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"
     },
     "namespace": {
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "annotations": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "finalizers": {
      "type": "array",
      "items": {
       "type": "string"
      }
     },
     "uid": {},
     "resourceVersion": {},
     "generation": {},
     "creationTimestamp": {},
     "deletionTimestamp": {},
     "managedFields": {},
     "ownerReferences": {},
     "deletionGracePeriodSeconds": {},
     "selfLink": {}
    },
    "required": [
     "name"
    ],
    "additionalProperties": false
   },
   "spec": {
    "type": "object",
    "required": [
     "sigstore"
    ],
    "properties": {
     "default": {
      "type": "boolean"
     },
     "namespaces": {
      "type": "object",
      "properties": {
       "matchLabels": {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 16,
        "additionalProperties": {
         "type": "string",
         "maxLength": 63
        }
       }
      },
      "additionalProperties": false
     },
     "sigstore": {
      "type": "object",
      "properties": {
       "inline": {
        "type": "string",
        "minLength": 1,
        "maxLength": 262144
       },
       "configMapRef": {
        "type": "object",
        "required": [
         "name",
         "key"
        ],
        "properties": {
         "name": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253
         },
         "key": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253,
          "pattern": "^[-._a-zA-Z0-9]+$"
         }
        },
        "additionalProperties": false
       },
       "tuf": {
        "type": "object",
        "required": [
         "mirror",
         "root"
        ],
        "properties": {
         "mirror": {
          "type": "string",
          "minLength": 9,
          "maxLength": 2048,
          "pattern": "^https://[^/?#@\\s\\\\]+(/[^?#\\s\\\\]*)?$"
         },
         "root": {
          "type": "object",
          "properties": {
           "inline": {
            "type": "string",
            "minLength": 1,
            "maxLength": 65536
           },
           "configMapRef": {
            "type": "object",
            "required": [
             "name",
             "key"
            ],
            "properties": {
             "name": {
              "type": "string",
              "minLength": 1,
              "maxLength": 253
             },
             "key": {
              "type": "string",
              "minLength": 1,
              "maxLength": 253,
              "pattern": "^[-._a-zA-Z0-9]+$"
             }
            },
            "additionalProperties": false
           }
          },
          "additionalProperties": false
         },
         "target": {
          "type": "string",
          "minLength": 1,
          "maxLength": 253,
          "pattern": "^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$"
         },
         "ca": {
          "type": "string",
          "minLength": 1,
          "maxLength": 65536
         },
         "refreshInterval": {
          "type": "string",
          "minLength": 2,
          "maxLength": 16,
          "pattern": "^([0-9]{1,3}h)?([0-9]{1,5}m)?([0-9]{1,7}s)?$"
         }
        },
        "additionalProperties": false
       }
      },
      "additionalProperties": false
     },
     "thresholds": {
      "type": "object",
      "properties": {
       "logEntries": {
        "type": "integer",
        "minimum": 0,
        "maximum": 4
       },
       "timestamps": {
        "type": "integer",
        "minimum": 0,
        "maximum": 4
       },
       "ctEntries": {
        "type": "integer",
        "minimum": 0,
        "maximum": 4
       }
      },
      "additionalProperties": false
     }
    },
    "additionalProperties": false
   },
   "status": {}
  },
  "additionalProperties": false
 },
 "Waiver": {
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "properties": {
   "apiVersion": {
    "type": "string",
    "enum": [
     "proviso.dev/v1alpha1"
    ]
   },
   "kind": {
    "type": "string",
    "enum": [
     "Waiver"
    ]
   },
   "metadata": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"
     },
     "namespace": {
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "annotations": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "finalizers": {
      "type": "array",
      "items": {
       "type": "string"
      }
     },
     "uid": {},
     "resourceVersion": {},
     "generation": {},
     "creationTimestamp": {},
     "deletionTimestamp": {},
     "managedFields": {},
     "ownerReferences": {},
     "deletionGracePeriodSeconds": {},
     "selfLink": {}
    },
    "required": [
     "name"
    ],
    "additionalProperties": false
   },
   "spec": {
    "type": "object",
    "required": [
     "selector",
     "owner",
     "reason",
     "expires",
     "requestedBy"
    ],
    "properties": {
     "policy": {
      "type": "object",
      "required": [
       "name"
      ],
      "properties": {
       "kind": {
        "type": "string",
        "maxLength": 16,
        "default": "Policy",
        "enum": [
         "Policy",
         "ClusterPolicy"
        ]
       },
       "name": {
        "type": "string",
        "minLength": 1,
        "maxLength": 253
       }
      },
      "additionalProperties": false
     },
     "material": {
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "selector": {
      "type": "object",
      "properties": {
       "matchLabels": {
        "type": "object",
        "maxProperties": 16,
        "additionalProperties": {
         "type": "string",
         "maxLength": 63,
         "pattern": "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"
        }
       },
       "matchExpressions": {
        "type": "array",
        "maxItems": 16,
        "items": {
         "type": "object",
         "required": [
          "key",
          "operator"
         ],
         "properties": {
          "key": {
           "type": "string",
           "minLength": 1,
           "maxLength": 317,
           "pattern": "^([a-z0-9]([-.a-z0-9]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"
          },
          "operator": {
           "type": "string",
           "maxLength": 16,
           "enum": [
            "In",
            "NotIn",
            "Exists",
            "DoesNotExist"
           ]
          },
          "values": {
           "type": "array",
           "maxItems": 32,
           "items": {
            "type": "string",
            "maxLength": 63,
            "pattern": "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"
           }
          }
         },
         "additionalProperties": false
        }
       }
      },
      "additionalProperties": false
     },
     "owner": {
      "type": "string",
      "minLength": 1,
      "maxLength": 253
     },
     "reason": {
      "type": "string",
      "minLength": 1,
      "maxLength": 1024
     },
     "expires": {
      "type": "string",
      "maxLength": 64,
      "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
      "format": "date-time"
     },
     "requestedBy": {
      "type": "string",
      "minLength": 1,
      "maxLength": 1024
     },
     "approvedBy": {
      "type": "string",
      "minLength": 1,
      "maxLength": 1024
     },
     "approvedUid": {
      "type": "string",
      "maxLength": 64,
      "pattern": "^[0-9a-f-]{36}$"
     }
    },
    "additionalProperties": false
   },
   "status": {}
  },
  "additionalProperties": false
 },
 "Workflow": {
  "type": "object",
  "required": [
   "apiVersion",
   "kind",
   "metadata",
   "spec"
  ],
  "properties": {
   "apiVersion": {
    "type": "string",
    "enum": [
     "proviso.dev/v1alpha1"
    ]
   },
   "kind": {
    "type": "string",
    "enum": [
     "Workflow"
    ]
   },
   "metadata": {
    "type": "object",
    "properties": {
     "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"
     },
     "namespace": {
      "type": "string",
      "minLength": 1,
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
     },
     "labels": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "annotations": {
      "type": "object",
      "additionalProperties": {
       "type": "string"
      }
     },
     "finalizers": {
      "type": "array",
      "items": {
       "type": "string"
      }
     },
     "uid": {},
     "resourceVersion": {},
     "generation": {},
     "creationTimestamp": {},
     "deletionTimestamp": {},
     "managedFields": {},
     "ownerReferences": {},
     "deletionGracePeriodSeconds": {},
     "selfLink": {}
    },
    "required": [
     "name"
    ],
    "additionalProperties": false
   },
   "spec": {
    "type": "object",
    "required": [
     "contractRef"
    ],
    "properties": {
     "description": {
      "type": "string",
      "maxLength": 1024
     },
     "contractRef": {
      "type": "object",
      "required": [
       "name"
      ],
      "properties": {
       "name": {
        "type": "string",
        "minLength": 1,
        "maxLength": 63,
        "pattern": "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"
       }
      },
      "additionalProperties": false
     },
     "project": {
      "type": "string",
      "minLength": 1,
      "maxLength": 63
     },
     "team": {
      "type": "string",
      "minLength": 1,
      "maxLength": 63
     },
     "submitters": {
      "type": "array",
      "maxItems": 16,
      "items": {
       "type": "object",
       "required": [
        "oidc"
       ],
       "properties": {
        "oidc": {
         "type": "object",
         "required": [
          "issuer",
          "audience",
          "claims"
         ],
         "properties": {
          "issuer": {
           "type": "string",
           "minLength": 1,
           "maxLength": 2048,
           "pattern": "^https://"
          },
          "audience": {
           "type": "string",
           "minLength": 1,
           "maxLength": 255
          },
          "claims": {
           "type": "object",
           "minProperties": 1,
           "maxProperties": 16,
           "additionalProperties": {
            "type": "string",
            "maxLength": 2048
           }
          }
         },
         "additionalProperties": false
        }
       },
       "additionalProperties": false
      }
     },
     "source": {
      "type": "object",
      "required": [
       "kind"
      ],
      "properties": {
       "kind": {
        "type": "string",
        "maxLength": 32,
        "enum": [
         "PipelineRun",
         "ArgoWorkflow",
         "Job"
        ]
       },
       "selector": {
        "type": "object",
        "properties": {
         "matchLabels": {
          "type": "object",
          "maxProperties": 16,
          "additionalProperties": {
           "type": "string",
           "maxLength": 63,
           "pattern": "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"
          }
         },
         "matchExpressions": {
          "type": "array",
          "maxItems": 16,
          "items": {
           "type": "object",
           "required": [
            "key",
            "operator"
           ],
           "properties": {
            "key": {
             "type": "string",
             "minLength": 1,
             "maxLength": 317,
             "pattern": "^([a-z0-9]([-.a-z0-9]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"
            },
            "operator": {
             "type": "string",
             "maxLength": 16,
             "enum": [
              "In",
              "NotIn",
              "Exists",
              "DoesNotExist"
             ]
            },
            "values": {
             "type": "array",
             "maxItems": 32,
             "items": {
              "type": "string",
              "maxLength": 63,
              "pattern": "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"
             }
            }
           },
           "additionalProperties": false
          }
         }
        },
        "additionalProperties": false
       },
       "grace": {
        "type": "string",
        "minLength": 2,
        "maxLength": 16,
        "pattern": "^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$"
       }
      },
      "additionalProperties": false
     },
     "token": {
      "type": "object",
      "properties": {
       "expiration": {
        "type": "string",
        "minLength": 2,
        "maxLength": 16,
        "pattern": "^([0-9]{1,3}h)?([0-9]{1,5}m)?$"
       }
      },
      "additionalProperties": false
     },
     "reevaluate": {
      "type": "object",
      "required": [
       "onChange"
      ],
      "properties": {
       "onChange": {
        "type": "boolean"
       },
       "runs": {
        "type": "integer",
        "minimum": 1,
        "maximum": 100
       }
      },
      "additionalProperties": false
     },
     "history": {
      "type": "object",
      "properties": {
       "limit": {
        "type": "integer",
        "minimum": 1,
        "maximum": 10000
       }
      },
      "additionalProperties": false
     },
     "retention": {
      "type": "object",
      "properties": {
       "keepFor": {
        "type": "string",
        "minLength": 2,
        "maxLength": 16,
        "pattern": "^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$"
       },
       "keepAcceptedFor": {
        "type": "string",
        "minLength": 2,
        "maxLength": 16,
        "pattern": "^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$"
       },
       "keepLast": {
        "type": "integer",
        "minimum": 1,
        "maximum": 1000000
       }
      },
      "additionalProperties": false
     },
     "evidenceStoreRef": {
      "type": "object",
      "required": [
       "name"
      ],
      "properties": {
       "name": {
        "type": "string",
        "minLength": 1,
        "maxLength": 253
       }
      },
      "additionalProperties": false
     },
     "expectations": {
      "type": "object",
      "properties": {
       "maxInterval": {
        "type": "string",
        "minLength": 2,
        "maxLength": 16,
        "pattern": "^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$"
       },
       "minSuccessRate": {
        "type": "number",
        "minimum": 0,
        "maximum": 1
       },
       "maxDuration": {
        "type": "string",
        "minLength": 2,
        "maxLength": 16,
        "pattern": "^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$"
       }
      },
      "additionalProperties": false
     }
    },
    "additionalProperties": false
   },
   "status": {}
  },
  "additionalProperties": false
 }
} as const;
