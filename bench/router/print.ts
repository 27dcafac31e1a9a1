/** Figures for people: so many digits, in columns. */

const NAME_COLUMNS = 36;
const COLUMN = 12;

export const fixed = (value: number | null, digits = 0): string => (value === null ? '?' : value.toFixed(digits));

export const say = (name: string, text: string): void => console.log(name.padEnd(NAME_COLUMNS) + text);

export const row = (name: string, cells: readonly string[]): void => say(name, cells.map((cell) => cell.padStart(COLUMN)).join(''));
