import {
  commonFields,
  integer,
  redisUrl,
  socketFields,
  socketSecretIsThere,
  webhookFields,
  webhookSecretIsThere,
} from '@kodama/shared/config';
import { HANDLER_NAME, MAX_TALK_CHARACTERS, SAMPLE_RATES_HZ, talkCharacters } from '@kodama/shared/voice';
import express from 'express';
import { z } from 'zod';
import { parsePublicOrigin } from './answer/socket-uri.ts';

const sampleRate = z.string().transform((value, context) => {
  const sampleRateHz = SAMPLE_RATES_HZ.find((rate) => String(rate) === value);
  if (sampleRateHz) return sampleRateHz;
  context.addIssue(`must be one of ${SAMPLE_RATES_HZ.join(', ')}`);
  return z.NEVER;
});

const publicOrigin = z.string().transform((value, context) => {
  const origin = parsePublicOrigin(value);
  if (origin) return origin;
  context.addIssue('must be https://, http://, wss:// or ws:// and a host, with no path, query or credentials');
  return z.NEVER;
});

const handlersByNumber = z.string().transform((value, context) => {
  const handlers = new Map<string, string>();
  for (const pair of value.split(',')) {
    const [, number = '', name = ''] = /^\s*\+?([0-9]{7,15})\s*=\s*(\S+)\s*$/.exec(pair) ?? [];
    if (!HANDLER_NAME.test(name)) {
      context.addIssue(
        "must be numbers of 7 to 15 digits, each with = and a handler's name behind it, and commas between",
      );
      return z.NEVER;
    }
    if (handlers.has(number)) {
      context.addIssue('names a number twice');
      return z.NEVER;
    }
    handlers.set(number, name);
  }
  return handlers;
});

/** ncco-api's variables, for whoever runs it in a process with others; goes with {@link nccoConfigFits}. */
export const nccoFields = {
  ...commonFields,
  ...webhookFields,
  ...socketFields,
  SOCKET_TOKEN_TTL_SECONDS: integer({ min: 30, max: 3600 })
    .default(300)
    .describe("seconds that a call's token is good: the greeting is spoken before the socket opens, e.g. 300"),
  REDIS_URL: redisUrl('where used tokens are remembered, with WEBHOOK_VERIFICATION=signature alone'),
  PUBLIC_ORIGIN: publicOrigin
    .optional()
    .describe("where Vonage reaches us; without it, the webhook's own host, e.g. https://kodama.example.com"),
  TRUST_PROXY: z
    .string()
    .refine(isTrustProxy, 'must be a comma-separated list of addresses, ranges, loopback, linklocal or uniquelocal')
    .default('loopback, linklocal, uniquelocal')
    .describe('proxies whose X-Forwarded-Host and -Proto count, e.g. loopback, 10.0.0.0/8'),
  GREETING_TEXT: z
    .string()
    .refine(
      (text) => talkCharacters(text) <= MAX_TALK_CHARACTERS,
      `must have ${MAX_TALK_CHARACTERS} characters at most; SSML tags do not count`,
    )
    .default('You are connected to Kodama. Whatever you say comes back to you.')
    .describe(`text or SSML, up to ${MAX_TALK_CHARACTERS} characters, e.g. Hello, this is the echo.`),
  GREETING_LANGUAGE: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/, 'must be a BCP 47 language tag')
    .default('en-US')
    .describe('BCP 47 language tag, e.g. en-GB'),
  GREETING_STYLE: integer({ min: 0, max: 99 }).default(0).describe("number of the language's voice, e.g. 2"),
  SAMPLE_RATE_HZ: sampleRate.default(16000).describe('Hz, e.g. 16000'),
  HANDLER: z
    .string()
    .regex(HANDLER_NAME, 'must be lower-case letters, digits and dashes, 40 at most, a letter first')
    .default('echo')
    .describe('name of the handler that has the calls, e.g. echo'),
  HANDLERS_BY_NUMBER: handlersByNumber
    .default(new Map())
    .describe('dialled numbers that another handler has, e.g. 12025550123=menu, 12025550124=recorder'),
};

export type NccoConfig = z.output<z.ZodObject<typeof nccoFields>>;

/** What of them has to fit together: `z.object({ … }).superRefine(nccoConfigFits)`. */
export function nccoConfigFits(config: NccoConfig, context: z.RefinementCtx): void {
  webhookSecretIsThere(config, context);
  socketSecretIsThere(config, context);
}

export const configSchema = z.object(nccoFields).superRefine(nccoConfigFits);

/** Express knows best what it takes, and would otherwise say so in the middle of the start. */
function isTrustProxy(value: string): boolean {
  try {
    express().set('trust proxy', value);
    return true;
  } catch {
    return false;
  }
}
