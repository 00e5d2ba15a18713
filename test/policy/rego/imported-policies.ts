/** Policies as people write them for Chainloop, each in a style of its own. */

/** Every rule is there, as in the days before the missing ones were added. */
export const FRESH = `apiVersion: workflowcontract.chainloop.dev/v1
kind: Policy
metadata:
  name: sbom-freshness
  description: The SBOM is not older than what is allowed
  annotations:
    category: sbom
spec:
  inputs:
    - name: limit
      description: days
      default: 5
  policies:
    - kind: SBOM_CYCLONEDX_JSON
      embedded: |
        package main

        import rego.v1

        result := {
          "skipped": skipped,
          "violations": violations,
          "skip_reason": skip_reason,
          "ignore": ignore,
        }

        default skip_reason := ""

        skip_reason := m if {
          not valid_input
          m := "the file has no metadata.timestamp"
        }

        default skipped := true

        skipped := false if valid_input

        default ignore := false

        valid_input if input.metadata.timestamp

        day_ns := ((24 * 60) * 60) * 1000000000

        violations contains msg if {
          age := time.now_ns() - time.parse_rfc3339_ns(input.metadata.timestamp)
          age > to_number(input.args.limit) * day_ns
          msg := sprintf("older than %s days", [input.args.limit])
        }
`;

/** Only what differs is written, and an argument may be one text or a list. */
export const LICENCES = `apiVersion: chainloop.dev/v1
kind: Policy
metadata: {name: banned-licenses}
spec:
  policies:
    - kind: SBOM_CYCLONEDX_JSON
      embedded: |
        package main
        import rego.v1

        banned := input.args.licenses if is_array(input.args.licenses)
        banned := [input.args.licenses] if is_string(input.args.licenses)

        valid_input if input.specVersion

        violations contains msg if {
          some component in input.components
          some entry in component.licenses
          entry.license.id in banned
          msg := sprintf("%s has the banned license %s", [component.purl, entry.license.id])
        }
    - kind: SBOM_SPDX_JSON
      embedded: |
        package main
        import rego.v1

        banned := input.args.licenses if is_array(input.args.licenses)
        banned := [input.args.licenses] if is_string(input.args.licenses)

        valid_input if input.spdxVersion

        violations contains msg if {
          some listed in input.packages
          listed.licenseDeclared in banned
          msg := sprintf("%s has the banned license %s", [listed.name, listed.licenseDeclared])
        }
`;

/** Of before OPA 1.0, with the keywords of the future, and with the old form of one type. */
export const COMPONENTS = `apiVersion: workflowcontract.chainloop.dev/v1
kind: Policy
metadata: {name: cyclonedx-components}
spec:
  type: SBOM_CYCLONEDX_JSON
  embedded: |
    package main

    import future.keywords.contains
    import future.keywords.in

    violations contains msg {
      count(input.components) == 0
      msg := "no components"
    }

    violations contains msg {
      some component in input.components
      not component.version
      msg := sprintf("%s has no version", [component.name])
    }
`;

/** Of before OPA 1.0, without any import. */
export const NAMED = `apiVersion: workflowcontract.chainloop.dev/v1
kind: Policy
metadata: {name: material-named}
spec:
  type: SARIF
  embedded: |
    package main

    violations[msg] {
      not startswith(input.chainloop_metadata.name, "scan-")
      msg := sprintf("%s of %s must begin with scan-", [input.chainloop_metadata.name, input.chainloop_metadata.project_name])
    }

    violations[msg] {
      input.chainloop_metadata.annotations["chainloop.material.type"] != "SARIF"
      msg := "not of type SARIF"
    }
`;

/** Structured findings, and each kind tells for itself whether it wants a trace. */
export const VULNERABILITIES = `apiVersion: chainloop.dev/v1
kind: Policy
metadata:
  name: vulnerabilities
  finding_type: VULNERABILITY
spec:
  inputs:
    - name: severity
      required: true
  policies:
    - kind: SBOM_CYCLONEDX_JSON
      embedded: |
        package main
        import rego.v1

        result := {
          "violations": violations,
          "skipped": false,
          "skip_reason": "",
          "ignore": ignore,
        }

        ignore := count(object.get(input, "vulnerabilities", [])) == 0

        violations contains finding if {
          some v in input.vulnerabilities
          some rating in v.ratings
          lower(rating.severity) == lower(input.args.severity)
          some affected in v.affects
          finding := {
            "message": sprintf("%s is %s", [v.id, rating.severity]),
            "external_id": v.id,
            "package_purl": affected.ref,
            "severity": upper(rating.severity),
          }
        }
    - kind: SARIF
      embedded: |
        package main
        import rego.v1

        result := {"violations": violations, "skipped": skipped, "skip_reason": "no runs", "ignore": false}

        default skipped := true
        skipped := false if count(input.runs) > 0

        violations contains msg if {
          some run in input.runs
          some found in run.results
          found.level == "error"
          msg := found.message.text
        }
    - kind: OPENVEX
      embedded: |
        package main
        import rego.v1
        result := {"violations": [], "skipped": true, "skip_reason": "nothing here", "ignore": true}
`;

/** Judges the statement of a run. */
export const COMMIT = `apiVersion: chainloop.dev/v1
kind: Policy
metadata: {name: of-a-commit}
spec:
  policies:
    - kind: ATTESTATION
      attestation_phases: [PUSH]
      embedded: |
        package main
        import rego.v1

        has_commit if {
          some subject in input.subject
          subject.digest.sha1
        }

        violations contains "the run is of no commit" if not has_commit
`;
