import type { EventDelivery } from '../call/timeline.ts';
import type { Action } from '../ncco/actions.ts';
import type { CallWatch } from './call-watch.ts';
import type { Check, Scope } from './check.ts';
import { contains } from './contains.ts';
import { countedCheck } from './counted-check.ts';
import { duration } from './units.ts';
import type { ActionExpectation, ClosedExpectation, EventExpectation, TextExpectation } from './wire-schema.ts';

type Answered = '2xx' | number;

/** An event webhook. */
export function eventCheck(expected: EventExpectation, scope: Scope): Check {
  const { status, leg, answered, with: part, count, within } = expected;
  const { watch } = scope;
  const words = [
    `the ${status} event${leg === 'any' ? '' : ` of the ${leg}'s leg`}`,
    ...(part ? [`with ${JSON.stringify(part)}`] : []),
    ...(answered === undefined ? [] : [`answered ${answered}`]),
  ];
  return countedCheck(
    {
      text: words.join(' '),
      seen: watch.events,
      // The legs complete when the caller hangs up.
      isLive: status !== 'completed',
      count,
      within,
      matches: (event) =>
        event.name === status &&
        (leg === 'any' || legOf(event, watch) === leg) &&
        (answered === undefined || isAnswered(event, answered)) &&
        (part === undefined || contains(event.body, part)),
      show: (event) => `${event.name} of the ${legOf(event, watch)}'s leg (${reply(event)})`,
    },
    scope,
  );
}

/** All event webhooks. */
export function eventsCheck(answered: Answered, { watch, isStep }: Scope): Check {
  return {
    text: `every event is answered ${answered}`,
    isLive: isStep,
    deadlineMs: (graceMs) => graceMs,
    look() {
      const wrong = watch.events.filter(({ what }) => !isAnswered(what, answered));
      const found =
        wrong.length === 0
          ? `${watch.events.length} events were`
          : wrong.map(({ what }) => `${what.name} (${reply(what)})`).join(', ');
      const passed = wrong.length === 0 && watch.events.length > 0;
      return { passed, found, isFinal: watch.events.length > 0 };
    },
  };
}

const reply = ({ status, failure }: EventDelivery): string =>
  status === null ? `not answered: ${failure}` : `answered ${status}`;

const isAnswered = ({ status }: EventDelivery, answered: Answered): boolean =>
  answered === '2xx' ? status !== null && status >= 200 && status < 300 : status === answered;

function legOf({ legUuid, body }: EventDelivery, { call, socketLegs }: CallWatch): 'caller' | 'socket' | 'other' {
  if (legUuid === call.ids.legUuid) return 'caller';
  if (legUuid === call.ids.socketLegUuid || (legUuid !== null && socketLegs.has(legUuid))) return 'socket';
  return typeof body.to === 'string' && /^wss?:/.test(body.to) ? 'socket' : 'other';
}

/** A text message of the application. */
export function textCheck({ with: part, has, count, within }: TextExpectation, scope: Scope): Check {
  const words = [
    'a text message',
    ...(part ? [`with ${JSON.stringify(part)}`] : []),
    ...(has === undefined ? [] : [`that has ${JSON.stringify(has)} in it`]),
  ];
  return countedCheck(
    {
      text: words.join(' '),
      seen: scope.watch.texts,
      isLive: true,
      count,
      within,
      matches: (text) =>
        (has === undefined || text.includes(has)) && (part === undefined || contains(json(text), part)),
      show: (text) => (text.length > 80 ? `${text.slice(0, 79)}…` : text),
    },
    scope,
  );
}

/** @returns undefined where the text is no JSON. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An action of the NCCO. */
export function actionCheck({ name, text, count, within }: ActionExpectation, scope: Scope): Check {
  return countedCheck(
    {
      text: `the action ${name}${text === undefined ? '' : ` with ${JSON.stringify(text)} in its text`}`,
      seen: scope.watch.actions,
      isLive: true,
      count,
      within,
      matches: (action) =>
        action.action === name && (text === undefined || saying(action).includes(text.toLowerCase())),
      show: (action) => (action.action === 'talk' ? `talk ${JSON.stringify(action.text)}` : action.action),
    },
    scope,
  );
}

const saying = (action: Action): string => (action.action === 'talk' ? action.text.toLowerCase() : '');

/** The end of a WebSocket. */
export function closedCheck({ code, reason, by, within }: ClosedExpectation, { watch, begin }: Scope): Check {
  const words = [
    'a WebSocket closes',
    ...(code === undefined ? [] : [`with ${code}`]),
    ...(reason === undefined ? [] : [`with ${JSON.stringify(reason)} in its reason`]),
    ...(by === undefined ? [] : [`by the ${by}`]),
    ...(within === undefined ? [] : [`within ${duration.show(within)}`]),
  ];
  const untilMs = within === undefined ? undefined : begin.atMs + within;
  return {
    text: words.join(' '),
    // What the caller closes he does by hanging up.
    isLive: by !== undefined && by !== 'caller',
    deadlineMs: (graceMs) => untilMs ?? graceMs,
    look() {
      const inTime = watch.closes.filter(
        ({ atMs }) => atMs >= begin.atMs && (untilMs === undefined || atMs <= untilMs),
      );
      const isRight = inTime.some(
        ({ what }) =>
          (code === undefined || what.code === code) && (reason === undefined || what.reason.includes(reason)),
      );
      const closedBy = watch.report?.closedBy;
      const passed = isRight && (by === undefined || closedBy === by);
      const whoever = closedBy ? `, by the ${closedBy}` : '';
      const found = inTime.map(
        ({ what }) => `it closed with ${what.code}${what.reason && ` (${what.reason})`}${whoever}`,
      );
      return { passed, found: found.join('; ') || 'it did not close', isFinal: passed };
    },
  };
}
