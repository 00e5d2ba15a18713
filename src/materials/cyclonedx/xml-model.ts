/** A schema of XML, made of an XSD by `scripts/gen/xsd.ts`: as much of that language as CycloneDX uses. */
export interface XmlModel {
  readonly namespace: string;
  readonly root: { readonly name: string; readonly type: string };
  readonly types: Readonly<Record<string, XmlType>>;
}

export interface XmlType {
  readonly attributes?: Readonly<Record<string, XmlAttribute>>;
  /** Whether it may have others, too. */
  readonly openAttributes?: boolean;
  /** What the text must be, of an element that has no others in it. */
  readonly text?: XmlValue;
  /** Text may stand between the elements. */
  readonly mixed?: boolean;
  readonly content?: XmlParticle;
}

export interface XmlAttribute {
  readonly value: XmlValue;
  readonly required?: boolean;
}

export interface XmlValue {
  readonly base?: string;
  readonly values?: readonly string[];
  /** The values are the identifiers of SPDX's licenses. */
  readonly isLicense?: boolean;
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly anyOf?: readonly XmlValue[];
}

/** What elements may follow on another: `min` is 1 and `max` is 1 unless they say otherwise. */
export interface XmlParticle {
  readonly element?: string;
  readonly type?: string;
  readonly any?: string;
  readonly sequence?: readonly XmlParticle[];
  readonly choice?: readonly XmlParticle[];
  readonly min?: number;
  readonly many?: boolean;
}
