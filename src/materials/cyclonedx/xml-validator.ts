import type { XmlElement } from '../xml-scan.ts';
import { automatonOf, type XmlAutomaton } from './xml-automaton.ts';
import type { XmlModel, XmlParticle, XmlType } from './xml-model.ts';
import { isFree, wrongValue } from './xml-value.ts';

type Refuse = XmlElement['refuse'];

/** Checks a document against a model while it is read; each step refuses what doesn't fit. */
export interface XmlValidator {
  open(element: XmlElement): void;
  text(piece: string, refuse: Refuse): void;
  close(refuse: Refuse): void;
}

interface Frame {
  readonly name: string;
  readonly type: XmlType;
  readonly automaton: XmlAutomaton;
  /** The place of the child that was read last; -1 before the first. */
  place: number;
  text: string;
}

export function xmlValidator(model: XmlModel): XmlValidator {
  const automata = new Map<XmlType, XmlAutomaton>();
  const open: Frame[] = [];
  /** How many elements are open of a vocabulary that isn't this one. */
  let foreign = 0;

  const enter = (element: XmlElement, key: string): void => {
    const type = model.types[key] ?? {};
    checkAttributes(element, type);
    const automaton = automata.get(type) ?? automatonOf(type.content);
    automata.set(type, automaton);
    open.push({ name: element.name, type, automaton, place: -1, text: '' });
  };

  return {
    open(element) {
      const parent = open.at(-1);
      if (foreign > 0) {
        foreign += 1;
      } else if (parent === undefined) {
        enter(element, model.root.type);
      } else {
        const place = next(parent).find((index) => fits(parent.automaton.places[index], element, model.namespace));
        if (place === undefined) return element.refuse(misplaced(element, parent));
        parent.place = place;
        const key = parent.automaton.places[place]?.type;
        if (key === undefined) foreign = 1;
        else enter(element, key);
      }
    },
    text(piece, refuse) {
      const frame = open.at(-1);
      if (foreign > 0 || frame === undefined) return;
      const { type, name } = frame;
      if (type.text !== undefined) {
        if (!isFree(type.text)) frame.text += piece;
      } else if (type.mixed !== true && /\S/.test(piece)) {
        refuse(`<${name}> holds elements and no text`);
      }
    },
    close(refuse) {
      if (foreign > 0) {
        foreign -= 1;
        return;
      }
      const frame = open.pop();
      if (frame === undefined) return;
      const { automaton, place, type, name, text } = frame;
      const isComplete = place < 0 ? automaton.mayBeEmpty : automaton.last.has(place);
      if (!isComplete) refuse(`<${name}> ends too early: expected ${expected(frame)}`);
      const wrong = type.text === undefined ? undefined : wrongValue(text, type.text);
      if (wrong !== undefined) refuse(`the text of <${name}> ${wrong}`);
    },
  };
}

const next = ({ automaton, place }: Frame): readonly number[] =>
  place < 0 ? automaton.first : (automaton.follow[place] ?? []);

function fits(particle: XmlParticle | undefined, { name, uri }: XmlElement, namespace: string): boolean {
  if (particle?.any === undefined) return particle?.element === name && uri === namespace;
  return particle.any === '##any' || (uri !== namespace && uri !== '');
}

const misplaced = (element: XmlElement, parent: Frame): string =>
  `<${element.name.slice(0, 100)}> may not stand here in <${parent.name}>: expected ${expected(parent)}`;

function expected(frame: Frame): string {
  const names = next(frame).flatMap((index) => frame.automaton.places[index]?.element ?? []);
  const list = [...new Set(names)].slice(0, 8).map((name) => `<${name}>`);
  return list.length === 0 ? 'its end' : list.join(' or ');
}

function checkAttributes({ name, attributes, refuse }: XmlElement, type: XmlType): void {
  const { attributes: known = {}, openAttributes = false } = type;
  for (const [attribute, text] of Object.entries(attributes)) {
    const rule = Object.hasOwn(known, attribute) ? known[attribute] : undefined;
    if (rule === undefined && openAttributes) continue;
    const wrong = rule === undefined ? 'is not known here' : wrongValue(text, rule.value);
    if (wrong !== undefined) refuse(`the attribute '${attribute.slice(0, 100)}' of <${name}> ${wrong}`);
  }
  for (const [attribute, rule] of Object.entries(known)) {
    if (rule.required === true && attributes[attribute] === undefined)
      refuse(`<${name}> lacks the attribute '${attribute}'`);
  }
}
