/* Generated from crds/ by scripts/gen.ts; run `make gen` after a change there. */
export const SCHEMAS: Readonly<Record<string, object>> = {
 "Contract": {
  "type": "object",
  "required": [
   "spec"
  ],
  "properties": {
   "metadata": {
    "type": "object"
   },
   "apiVersion": {
    "type": "string",
    "maxLength": 64
   },
   "kind": {
    "type": "string",
    "maxLength": 64
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
          "CONTAINER_IMAGE",
          "EVIDENCE",
          "JUNIT_XML",
          "SARIF",
          "SBOM_CYCLONEDX_JSON",
          "SBOM_SPDX_JSON",
          "STRING"
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
         "CIRCLECI_BUILD",
         "DAGGER_PIPELINE",
         "GENERIC",
         "GITHUB_ACTION",
         "GITLAB_PIPELINE",
         "JENKINS_JOB",
         "KUBERNETES_JOB",
         "TEAMCITY_PIPELINE",
         "TEKTON_PIPELINE"
        ]
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
          }
         },
         "additionalProperties": false
        }
       }
      },
      "additionalProperties": false
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
          }
         },
         "additionalProperties": false
        },
        "keyless": {
         "type": "object",
         "required": [
          "issuer",
          "subject"
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
          }
         },
         "additionalProperties": false
        }
       },
       "additionalProperties": false
      }
     },
     "deadline": {
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
 "EvidenceStore": {
  "type": "object",
  "required": [
   "spec"
  ],
  "properties": {
   "metadata": {
    "type": "object"
   },
   "apiVersion": {
    "type": "string",
    "maxLength": 64
   },
   "kind": {
    "type": "string",
    "maxLength": 64
   },
   "spec": {
    "type": "object",
    "properties": {
     "default": {
      "type": "boolean"
     },
     "maxBlobSize": {
      "type": "integer",
      "format": "int64",
      "minimum": 1,
      "maximum": 9007199254740991
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
     }
    },
    "additionalProperties": false
   }
  },
  "additionalProperties": false
 },
 "WorkflowRun": {
  "type": "object",
  "required": [
   "spec"
  ],
  "properties": {
   "metadata": {
    "type": "object"
   },
   "apiVersion": {
    "type": "string",
    "maxLength": 64
   },
   "kind": {
    "type": "string",
    "maxLength": 64
   },
   "spec": {
    "type": "object",
    "required": [
     "workflowRef",
     "contract",
     "identity",
     "runKey",
     "runner",
     "evidenceStoreName",
     "deadlineTime"
    ],
    "properties": {
     "workflowRef": {
      "type": "object",
      "required": [
       "name",
       "uid"
      ],
      "properties": {
       "name": {
        "type": "string",
        "maxLength": 63
       },
       "uid": {
        "type": "string",
        "maxLength": 64
       }
      },
      "additionalProperties": false
     },
     "contract": {
      "type": "object",
      "required": [
       "name",
       "revision",
       "revisionName"
      ],
      "properties": {
       "name": {
        "type": "string",
        "maxLength": 253
       },
       "revision": {
        "type": "integer",
        "format": "int64",
        "minimum": 0,
        "maximum": 9007199254740991
       },
       "revisionName": {
        "type": "string",
        "maxLength": 253
       }
      },
      "additionalProperties": false
     },
     "identity": {
      "type": "object",
      "required": [
       "username"
      ],
      "properties": {
       "username": {
        "type": "string",
        "maxLength": 512
       },
       "serviceAccount": {
        "type": "string",
        "maxLength": 253
       },
       "pod": {
        "type": "object",
        "required": [
         "name",
         "uid"
        ],
        "properties": {
         "name": {
          "type": "string",
          "maxLength": 253
         },
         "uid": {
          "type": "string",
          "maxLength": 64
         }
        },
        "additionalProperties": false
       },
       "owner": {
        "type": "object",
        "required": [
         "apiVersion",
         "kind",
         "name",
         "uid"
        ],
        "properties": {
         "apiVersion": {
          "type": "string",
          "maxLength": 253
         },
         "kind": {
          "type": "string",
          "maxLength": 63
         },
         "name": {
          "type": "string",
          "maxLength": 253
         },
         "uid": {
          "type": "string",
          "maxLength": 64
         }
        },
        "additionalProperties": false
       }
      },
      "additionalProperties": false
     },
     "runKey": {
      "type": "string",
      "maxLength": 64
     },
     "runner": {
      "type": "object",
      "required": [
       "type",
       "authenticated"
      ],
      "properties": {
       "type": {
        "type": "string",
        "maxLength": 64,
        "enum": [
         "ARGO_WORKFLOW",
         "AZURE_PIPELINE",
         "CIRCLECI_BUILD",
         "DAGGER_PIPELINE",
         "GENERIC",
         "GITHUB_ACTION",
         "GITLAB_PIPELINE",
         "JENKINS_JOB",
         "KUBERNETES_JOB",
         "TEAMCITY_PIPELINE",
         "TEKTON_PIPELINE"
        ]
       },
       "url": {
        "type": "string",
        "maxLength": 2048
       },
       "authenticated": {
        "type": "boolean"
       }
      },
      "additionalProperties": false
     },
     "commit": {
      "type": "object",
      "required": [
       "sha"
      ],
      "properties": {
       "sha": {
        "type": "string",
        "maxLength": 64,
        "pattern": "^[0-9a-f]{40}([0-9a-f]{24})?$"
       },
       "author": {
        "type": "string",
        "maxLength": 256
       },
       "authorEmail": {
        "type": "string",
        "maxLength": 256
       },
       "message": {
        "type": "string",
        "maxLength": 1024
       },
       "date": {
        "type": "string",
        "maxLength": 64
       },
       "remotes": {
        "type": "array",
        "maxItems": 16,
        "items": {
         "type": "object",
         "required": [
          "name",
          "url"
         ],
         "properties": {
          "name": {
           "type": "string",
           "maxLength": 128
          },
          "url": {
           "type": "string",
           "maxLength": 2048
          }
         },
         "additionalProperties": false
        }
       }
      },
      "additionalProperties": false
     },
     "project": {
      "type": "string",
      "maxLength": 63
     },
     "team": {
      "type": "string",
      "maxLength": 63
     },
     "annotations": {
      "type": "object",
      "maxProperties": 64,
      "additionalProperties": {
       "type": "string",
       "maxLength": 1024
      }
     },
     "environment": {
      "type": "object",
      "maxProperties": 64,
      "additionalProperties": {
       "type": "string",
       "maxLength": 4096
      }
     },
     "evidenceStoreName": {
      "type": "string",
      "maxLength": 253
     },
     "deadlineTime": {
      "type": "string",
      "format": "date-time",
      "maxLength": 64
     }
    },
    "additionalProperties": false
   }
  },
  "additionalProperties": false
 },
 "Workflow": {
  "type": "object",
  "required": [
   "spec"
  ],
  "properties": {
   "metadata": {
    "type": "object"
   },
   "apiVersion": {
    "type": "string",
    "maxLength": 64
   },
   "kind": {
    "type": "string",
    "maxLength": 64
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
     "history": {
      "type": "object",
      "properties": {
       "limit": {
        "type": "integer",
        "format": "int32",
        "minimum": 1,
        "maximum": 10000
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
   }
  },
  "additionalProperties": false
 }
};
