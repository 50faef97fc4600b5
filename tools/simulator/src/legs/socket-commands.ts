import type { Timeline } from '../call/call-timeline.ts';
import type { Findings } from '../call/findings.ts';
import type { PlayOutBuffer } from '../media/play-out-buffer.ts';
import { isNestedTooDeep, MOST_LEVELS } from '../ncco/nesting.ts';
import type { RuleSettings } from '../rules/rule-settings.ts';

/** Characters of an application's text that are shown. */
const SHOWN_CHARACTERS = 80;

export interface SocketCommandsParts {
  readonly rules: RuleSettings;
  readonly findings: Findings;
  readonly timeline: Timeline;
  readonly playOut: PlayOutBuffer;
  /** Called with each text, as it came. */
  readonly onText: (text: string) => void;
  readonly sendEvent: (event: string, fields?: Readonly<Record<string, unknown>>) => void;
  /** Cuts the connection. */
  readonly cut: () => void;
}

/** Carries out what an application says in text: its commands. */
export class SocketCommands {
  /** Texts, whatever was in them. */
  received = 0;
  readonly #parts: SocketCommandsParts;
  /** Rules of which something has been said: an application may send any number of texts. */
  readonly #noted = new Set<string>();

  constructor(parts: SocketCommandsParts) {
    this.#parts = parts;
  }

  onText(text: string): void {
    this.received++;
    const { timeline, findings, onText } = this.#parts;
    timeline.add('text', `from the application: ${shorten(text)}`);
    onText(text);
    const command = parseObject(text);
    if (isNestedTooDeep(command)) {
      findings.problem(`the application sent text that is nested more than ${MOST_LEVELS} levels deep`, '3.5.6');
      return;
    }
    if (command?.action === 'clear') this.#clear();
    else if (command?.action === 'notify') this.#notify(command.payload);
    else this.#onOtherText(command, text);
  }

  #clear(): void {
    const { playOut, rules, sendEvent } = this.#parts;
    const unreached = playOut.clear();
    if (rules.is('3.5.4', 'answered')) for (const onPlayed of unreached) onPlayed();
    sendEvent('websocket:cleared');
  }

  #notify(payload: unknown): void {
    const { playOut, findings, sendEvent } = this.#parts;
    if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
      const found = shorten(JSON.stringify(payload) ?? 'missing');
      this.#problemOnce(`the payload of a notify command is ${found}, not an object`, '3.5.3');
      return;
    }
    if (playOut.mark(() => sendEvent('websocket:notify', { payload }))) return;
    findings.problem('more notify commands wait than there may be frames: there is no room for more', '3.4.6');
  }

  #onOtherText(message: Readonly<Record<string, unknown>> | undefined, text: string): void {
    const { findings, rules, cut } = this.#parts;
    const isNoCommand = `the application sent text that is no command: ${shorten(text)}`;
    if (typeof message?.event === 'string' && message.event.startsWith('websocket:')) {
      this.#noteOnce(`the application sends Vonage's own text message back: ${shorten(text)}`, '3.5.7');
    } else if (rules.is('3.5.6', 'ignored')) {
      this.#noteOnce(isNoCommand, '3.5.6');
    } else {
      findings.problem(`${isNoCommand}: Vonage closes the connection`, '3.5.6');
      cut();
    }
  }

  #problemOnce(text: string, rule: string): void {
    if (this.#noted.has(rule)) return;
    this.#noted.add(rule);
    this.#parts.findings.problem(text, rule);
  }

  #noteOnce(text: string, rule: string): void {
    if (this.#noted.has(rule)) return;
    this.#noted.add(rule);
    this.#parts.findings.note(text, rule);
  }
}

const shorten = (text: string): string =>
  text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS - 1)}…` : text;

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
