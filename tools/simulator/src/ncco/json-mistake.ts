/** Where a text stops being JSON. */
export interface JsonMistake {
  /** Index of the character that cannot stand there; the text's length where the text ends too early. */
  readonly offset: number;
  /** Continues the sentence "… is expected". */
  readonly expected: string;
}

/** Finds the first character that makes a text no JSON; undefined where it is JSON. The parser of the runtime tells it of some mistakes only. */
export const findJsonMistake = (text: string): JsonMistake | undefined => new Scan(text).mistake();

const SPACE = /[\t\n\r ]*/y;
const WORD_OR_NUMBER = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
/** A text as far as it is right: without its closing quote. Up to the space stand the control characters. */
const OPEN_TEXT = /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\uffff]*)*/y;

/** What is expected at a place. */
const expectations = {
  value: 'a value',
  firstItem: 'a value or ]',
  key: 'a key in double quotes',
  firstKey: 'a key in double quotes or }',
  colon: 'a colon',
  nextItem: 'a comma or ]',
  nextKey: 'a comma or }',
  end: 'the end of the text',
} as const;

type Place = keyof typeof expectations;

/** Goes through a text once; not by recursion, so that any depth will do. */
class Scan {
  readonly #text: string;
  readonly #open: ('[' | '{')[] = [];
  #offset = 0;
  #place: Place = 'value';
  /** What is expected inside of a text that was begun. */
  #expectedInText: string | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  mistake(): JsonMistake | undefined {
    do this.#take(SPACE);
    while (this.#step());
    if (this.#place === 'end' && this.#offset === this.#text.length) return undefined;
    return { offset: this.#offset, expected: this.#expectedInText ?? expectations[this.#place] };
  }

  /** Takes one token; false where the one that comes cannot stand here, or none comes. */
  #step(): boolean {
    switch (this.#place) {
      case 'firstItem':
        return this.#close(']') || this.#value();
      case 'value':
        return this.#value();
      case 'firstKey':
        return this.#close('}') || this.#key();
      case 'key':
        return this.#key();
      case 'colon':
        return this.#character(':', 'value');
      case 'nextItem':
        return this.#close(']') || this.#character(',', 'value');
      case 'nextKey':
        return this.#close('}') || this.#character(',', 'key');
      case 'end':
        return false;
    }
  }

  #value(): boolean {
    if (this.#character('[', 'firstItem')) this.#open.push('[');
    else if (this.#character('{', 'firstKey')) this.#open.push('{');
    else if (this.#quoted() || this.#take(WORD_OR_NUMBER)) this.#place = this.#placeAfterValue();
    else return false;
    return true;
  }

  #key(): boolean {
    const isKey = this.#quoted();
    if (isKey) this.#place = 'colon';
    return isKey;
  }

  #close(bracket: ']' | '}'): boolean {
    if (this.#text[this.#offset] !== bracket) return false;
    this.#offset += 1;
    this.#open.pop();
    this.#place = this.#placeAfterValue();
    return true;
  }

  #placeAfterValue(): Place {
    const open = this.#open.at(-1);
    if (open === undefined) return 'end';
    return open === '[' ? 'nextItem' : 'nextKey';
  }

  #character(character: string, next: Place): boolean {
    if (this.#text[this.#offset] !== character) return false;
    this.#offset += 1;
    this.#place = next;
    return true;
  }

  #quoted(): boolean {
    if (!this.#take(OPEN_TEXT)) return false;
    const isClosed = this.#text[this.#offset] === '"';
    if (isClosed) this.#offset += 1;
    else this.#expectedInText = this.#text[this.#offset] === '\\' ? 'an escape of JSON' : 'the closing quote';
    return isClosed;
  }

  #take(token: RegExp): boolean {
    token.lastIndex = this.#offset;
    const isThere = token.test(this.#text);
    if (isThere) this.#offset = token.lastIndex;
    return isThere;
  }
}
