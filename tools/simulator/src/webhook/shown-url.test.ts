import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shownUrl } from './shown-url.ts';

describe('a URL as it is told of', () => {
  it('has its origin and its path', () => {
    assert.equal(shownUrl('wss://example.com:8443/voice/socket'), 'wss://example.com:8443/voice/socket');
    assert.equal(shownUrl('http://example.com'), 'http://example.com/');
  });

  it('has a mark in place of query and fragment, and neither name nor password', () => {
    assert.equal(shownUrl('wss://example.com/socket?token=SECRET'), 'wss://example.com/socket?…');
    assert.equal(shownUrl('https://me:SECRET@example.com/a.mp3?b=SECRET#SECRET'), 'https://example.com/a.mp3?…#…');
    assert.equal(shownUrl('https:me:SEC@RET@example.com/a.mp3?'), 'https://example.com/a.mp3');
  });

  it('is not shown where it is none', () => {
    assert.equal(shownUrl('//SECRET'), 'an address that is no URL');
  });
});
