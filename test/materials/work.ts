import type { ValidateFunction } from 'ajv';

/** How often a validator looks at a document or a part of it, which doesn't depend on the machine. */
export function workOf(validate: ValidateFunction, document: unknown): number {
  let looks = 0;
  const handler: ProxyHandler<object> = {
    get(target, name) {
      looks += 1;
      return watched(Reflect.get(target, name));
    },
    has(target, name) {
      looks += 1;
      return Reflect.has(target, name);
    },
    getOwnPropertyDescriptor(target, name) {
      looks += 1;
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
    ownKeys(target) {
      const names = Reflect.ownKeys(target);
      looks += names.length;
      return names;
    },
  };
  const watched = (value: unknown): unknown =>
    typeof value === 'object' && value !== null ? new Proxy(value, handler) : value;
  validate(watched(document));
  return looks;
}
