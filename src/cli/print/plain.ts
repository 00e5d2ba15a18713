// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be taken out
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

/** Text of somebody else in one line, without what a terminal would act on. */
export const plain = (text: string): string => text.replaceAll('\n', ' ').replaceAll(CONTROL, '');
