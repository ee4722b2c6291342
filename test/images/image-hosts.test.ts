import { describe, expect, it } from 'vitest';
import { readImageHosts } from '../../src/images/image-hosts.ts';

const find = readImageHosts([
  '.kakaocdn.net',
  'http://secure.kakaocdn.net',
  'shop-phinf.pstatic.net',
  'http://127.0.0.1:8700',
]);

describe('readImageHosts', () => {
  it.each([
    ['https://talk.kakaocdn.net/dna/a.jpg?credential=x&signature=y%3D', 'the signature byte for byte'],
    ['https://dn-m.talk.kakaocdn.net/a.jpg', 'any depth below a suffix'],
    ['https://shop-phinf.pstatic.net/a.jpg', 'an exact host'],
    ['http://secure.kakaocdn.net/a/b', 'the one origin that speaks plain http'],
    ['https://secure.kakaocdn.net/a/b', 'and the same by https'],
    ['http://127.0.0.1:8700/a.png', 'an origin with its port'],
  ])('%s: %s', (address) => {
    expect(find(address)?.href).toBe(address);
  });

  it('asks for plain http by https where only the host is listed', () => {
    expect(find('http://talk.kakaocdn.net/a.jpg?x=1')?.href).toBe('https://talk.kakaocdn.net/a.jpg?x=1');
  });

  it.each([
    'https://kakaocdn.net/a.jpg',
    'https://evilkakaocdn.net/a.jpg',
    'https://talk.kakaocdn.net.evil.example/a.jpg',
    'https://talk.kakaocdn.net./a.jpg',
    'https://talk.kakaocdn.net:8443/a.jpg',
    'http://talk.kakaocdn.net:22/a.jpg',
    'http://secure.kakaocdn.net:8080/a.jpg',
    'http://talk.kakaocdn.net@evil.example/a.jpg',
    'https://me:pw@talk.kakaocdn.net/a.jpg',
    'https://a.shop-phinf.pstatic.net/a.jpg',
    'http://127.0.0.1/a.png',
    'http://127.0.0.1:8701/a.png',
    'https://127.0.0.1:8700/a.png',
    'http://2130706433:8701/a.png',
    'https://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'ftp://talk.kakaocdn.net/a.jpg',
    'data:image/png;base64,AAAA',
    'talk.kakaocdn.net/a.jpg',
    '',
  ])('nothing else: %s', (address) => {
    expect(find(address)).toBeUndefined();
  });
});
