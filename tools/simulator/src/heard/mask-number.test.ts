import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maskNumber, maskNumbers, maskUrl } from './mask-number.ts';

describe('maskNumber', () => {
  for (const [number, masked] of [
    ['14155550177', '1415•••••77'],
    ['+44 20 7946 0958', '+44 20 •••• ••58'],
    ['442079460958', '4420••••••58'],
    ['12345678', '1•••••78'],
    ['1234567', '•••••67'],
    ['123456', '123456'],
    ['', ''],
  ] as const) {
    it(`makes "${masked}" of "${number}"`, () => assert.equal(maskNumber(number), masked));
  }
});

describe('maskNumbers', () => {
  for (const [text, masked] of [
    ['from 14155550177 to 442079460958.', 'from 1415•••••77 to 4420••••••58.'],
    ['call +1 (415) 555-0177 now', 'call +1 (415) •••-••77 now'],
    ['?from=%2B14155550177&to=x14155550177y', '?from=%2B1415•••••77&to=x1415•••••77y'],
    ['sip:14155550177@example.com', 'sip:1415•••••77@example.com'],
    ['tel:+14155550177', 'tel:+1415•••••77'],
    ['leg 01234567-1111-4aaa-8aaa-012345678901 rings', 'leg 01234567-1111-4aaa-8aaa-012345678901 rings'],
    ['CON-01234567-1111-4aaa-8aaa-012345678901', 'CON-01234567-1111-4aaa-8aaa-012345678901'],
    ['0123456789abcdef0123456789abcdef', '0123456789abcdef0123456789abcdef'],
    ['2027-01-31T10:11:12.123Z, 127.0.0.1:65535, 640 bytes', '2027-01-31T10:11:12.123Z, 127.0.0.1:65535, 640 bytes'],
    ['code 123456', 'code 123456'],
  ] as const) {
    it(`makes "${masked}" of "${text}"`, () => assert.equal(maskNumbers(text), masked));
  }
});

describe('maskUrl', () => {
  for (const [url, masked] of [
    ['https://voice.example/event', 'https://voice.example/event'],
    ['https://voice.example/event?from=14155550177&token=secret', 'https://voice.example/event?…'],
    ['https://voice.example/event#x', 'https://voice.example/event'],
    ['https://me:secret@voice.example:8443/to/14155550177', 'https://voice.example:8443/to/1415•••••77'],
    ['not a URL', 'not a URL'],
  ] as const) {
    it(`shows ${url} as ${masked}`, () => assert.equal(maskUrl(url), masked));
  }
});
