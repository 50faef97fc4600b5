import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseHost, parsePublicOrigin, socketUri } from './socket-uri.ts';

const harmless = [
  'kodama.example.com',
  'kodama.example.com:8443',
  'kodama.example.com.',
  'localhost',
  'nginx_1:80',
  '192.0.2.7:8080',
  '[2001:db8::1]',
  '[::1]:8080',
  'xn--bcher-kva.example',
  'a:65535',
];

const hostile = [
  undefined,
  '',
  ' ',
  '.',
  'a..b',
  '.a',
  'evil@kodama.example.com',
  'user:secret@kodama.example.com',
  'kodama.example.com/path',
  'kodama.example.com?x',
  'kodama.example.com#x',
  'kodama.example.com\\evil',
  'kodama.example.com, evil.example',
  'kodama.example.com evil.example',
  'kodama.example.com\t',
  'kodama.example.com\n',
  'bücher.example',
  'a%2eb',
  'a"b',
  'a<b>',
  'a:',
  'a:0',
  'a:080',
  'a:65536',
  'a:99999',
  'a:123456',
  'a:-1',
  'a:8080:8080',
  'a:port',
  '127.1',
  '0x7f.0.0.1',
  '2130706433',
  '256.0.0.1',
  '[::1',
  '::1',
  '[::g]',
  '[0:0:0:0:0:0:0:1]',
  '[::1%25lo]',
  `${'a'.repeat(300)}.example`,
];

describe('a host', () => {
  for (const host of harmless) {
    it(`is taken: ${host}`, () => assert.equal(parseHost(host), host));
  }

  for (const host of hostile) {
    it(`is refused: ${JSON.stringify(host)}`, () => assert.equal(parseHost(host), undefined));
  }

  it('is taken in lower case', () => assert.equal(parseHost('Kodama.Example.COM:8443'), 'kodama.example.com:8443'));

  it('that is taken is, for whoever reads the URI, the host that was given, and nothing more', () => {
    const pieces = fc.constantFrom(
      ...[
        'a',
        'B',
        '.',
        '-',
        '_',
        ':',
        '80',
        '443',
        '8080',
        '@',
        '/',
        '\\',
        '?',
        '#',
        '%',
        '[',
        ']',
        '::',
        '1',
        '127',
        '0x',
        ' ',
        '\n',
        'é',
        '。',
      ],
    );
    const anyHost = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join('')),
      fc.domain(),
      fc
        .tuple(
          fc.oneof(
            fc.domain(),
            fc.ipV4(),
            fc.ipV6().map((ip) => `[${ip}]`),
          ),
          fc.nat(70_000),
        )
        .map(([host, port]) => `${host}:${port}`),
    );
    fc.assert(
      fc.property(anyHost, fc.constantFrom('ws' as const, 'wss' as const), (given, scheme) => {
        const host = parseHost(given);
        if (host === undefined) return;
        assert.equal(host, given.toLowerCase());
        const uri = new URL(socketUri({ scheme, host }));
        const port = uri.port || (scheme === 'ws' ? '80' : '443');
        assert.ok([uri.hostname, `${uri.hostname}:${port}`].includes(host), `${uri.host} for ${host}`);
        assert.equal(`${uri.username}${uri.password}${uri.search}${uri.hash}`, '');
        assert.equal(uri.pathname, '/socket');
      }),
      { numRuns: 2000 },
    );
  });

  it('is taken whenever it is a domain, an address and a port of the usual kind', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.ipV4()), port, (name, number) => {
        assert.equal(parseHost(name), name.toLowerCase());
        assert.equal(parseHost(`${name}:${number}`), `${name.toLowerCase()}:${number}`);
      }),
    );
  });
});

describe('the public origin', () => {
  it('is a scheme and a host, whose sockets are as safe as its pages', () => {
    assert.deepEqual(parsePublicOrigin('https://kodama.example.com'), { scheme: 'wss', host: 'kodama.example.com' });
    assert.deepEqual(parsePublicOrigin('http://localhost:8080'), { scheme: 'ws', host: 'localhost:8080' });
    assert.deepEqual(parsePublicOrigin('wss://a'), { scheme: 'wss', host: 'a' });
    assert.deepEqual(parsePublicOrigin('ws://a'), { scheme: 'ws', host: 'a' });
    assert.deepEqual(parsePublicOrigin('HTTPS://A.example/'), { scheme: 'wss', host: 'a.example' });
  });

  it('has no path, query, fragment or credentials, and no other scheme', () => {
    for (const value of [
      '',
      'a',
      'a.example',
      '//a',
      'https://',
      'https:///',
      'https://a/path',
      'https://a//',
      'https://a?x',
      'https://a/?x',
      'https://a#x',
      'https://u@a',
      'https://u:p@a',
      'https:a',
      'https:\\\\a',
      'ftp://a',
      ' https://a',
      'https://a ',
      'https://a\n',
    ]) {
      assert.equal(parsePublicOrigin(value), undefined, JSON.stringify(value));
    }
  });
});
