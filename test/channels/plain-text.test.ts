import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownToPlainText } from '../../src/channels/plain-text.ts';

describe('characters written as references', () => {
  it.each([
    ['평일 9&ndash;18시 &middot; 주말 휴무', '평일 9–18시 · 주말 휴무'],
    ['1588&#45;0001', '1588-0001'],
    ['help&commat;shop&period;example', 'help@shop.example'],
    ['2 &ast; 3 &ast; 4', '2 * 3 * 4'],
    ['&amp;lt;b&amp;gt;', '&lt;b&gt;'],
    ['&lt;b&gt;', '<b>'],
  ])('%s', (markdown, text) => {
    expect(markdownToPlainText(markdown)).toBe(text);
  });
});

describe('markdownToPlainText', () => {
  it.each([
    ['plain text stays', '배송은 2~3일 걸립니다. 감사합니다!', '배송은 2~3일 걸립니다. 감사합니다!'],
    ['bold and italic', '**굵게**은 *기울임*과 ***둘 다***, __밑줄__', '굵게은 기울임과 둘 다, 밑줄'],
    ['underscores before a particle', '__밑줄__과 _기울임_도, __"인용"__은', '밑줄과 기울임도, "인용"은'],
    ['one asterisk before a particle', '*‘따옴’*은 *배송비(3,000원)*와', '‘따옴’은 배송비(3,000원)와'],
    ['bold of nothing', '안내\n\n****\n\n**배송****환불** ****교환****', '안내\n\n배송환불 교환'],
    [
      'emphasis that is written on',
      '이것은__밑줄__입니다. 이것은*기울임*이에요. 이것은__밑줄__ 같아요',
      '이것은밑줄입니다. 이것은기울임이에요. 이것은밑줄 같아요',
    ],
    ['stars with a blank inside', '** 굵게**입니다. __ 밑줄 __입니다', '굵게입니다. 밑줄입니다'],
    [
      'bold with blanks around it, beside code that was never closed',
      '표시는 ** 중요 ** 와 `닫히지 않은 코드예요.',
      '표시는 중요 와 닫히지 않은 코드예요.',
    ],
    ['bold with blanks around it', '꼭 ** 확인 ** 하세요. ** 주의 **', '꼭 확인 하세요. 주의'],
    [
      'powers with blanks around them',
      '값 ** 나이 ** 2, x ** 지수 ** y, 2 ** 3 ** 4',
      '값 ** 나이 ** 2, x ** 지수 ** y, 2 ** 3 ** 4',
    ],
    ['names that were starred out', '홍 ** 님, 김 ** 님', '홍 ** 님, 김 ** 님'],
    ['code that was never closed', '`npm i 를 치세요', 'npm i 를 치세요'],
    ['marks within code', '`` a `b` `` 와 \\`c, <x@a_b_c.example>', 'a `b` 와 `c, <x@a_b_c.example>'],
    ['a stroke that opens no code', 'it`s 끝\n\n5` 각도\n\n끝 `', 'it`s 끝\n\n5` 각도\n\n끝 `'],
    ['a reference that lost its definition', '[참조][ref]를 보세요. [Notice][link-1]', '참조를 보세요. Notice'],
    ['no reference', 'm[i][ref], [공지][필독], [name][key]', 'm[i][ref], [공지][필독], [name][key]'],
    ['names of code', '__init__.py의 __main__과 _my_name_', '__init__.py의 __main__과 _my_name_'],
    ['blanks to fill in', '____년 __월 __일, __월__일', '____년 __월 __일, __월__일'],
    ['code that looks stressed', '`__밑줄__과` \\_이름\\_은', '__밑줄__과 _이름_은'],
    ['an address that looks stressed', 'https://a.example/_가나_다', 'https://a.example/_가나_다'],
    ['bold quotes before a particle', '**"환불 규정"**은 이렇습니다', '"환불 규정"은 이렇습니다'],
    ['bold brackets before a particle', '**배송비(3,000원)**는 별도', '배송비(3,000원)는 별도'],
    ['a bold link before a particle', '**[규정](https://a.example)**은', '규정 (https://a.example)은'],
    ['bold over two paragraphs', '**제목\n\n내용**끝', '제목\n\n내용끝'],
    ['a cut bold', '**배송은', '배송은'],
    ['products', '2*3*4 와 가로*세로*높이, 2**3**2', '2*3*4 와 가로*세로*높이, 2**3**2'],
    ['snake_case', 'order_id_no 와 __proto', 'order_id_no 와 __proto'],
    ['masked names', '홍*동, 김*수, 김**님과 이**님', '홍*동, 김*수, 김**님과 이**님'],
    ['masked numbers', '010-****-1234 와 010-****-5678', '010-****-1234 와 010-****-5678'],
    ['ranges are not struck out', '9:00~18:00 (점심 12:00~13:00)', '9:00~18:00 (점심 12:00~13:00)'],
    ['struck out', '~~3,000원~~ 무료', '3,000원 무료'],
    ['headings', '# 안내\n\n## 배송\n내용', '안내\n\n배송\n내용'],
    ['a list', '* 하나\n* 둘\n  - 셋', '• 하나\n• 둘\n  • 셋'],
    ['numbers as written', '3. 셋\n4. 넷', '3. 셋\n4. 넷'],
    ['ones are counted', '1. 하나\n1. 둘', '1. 하나\n2. 둘'],
    ['a date is no list', '2024. 3. 5. 까지', '2024. 3. 5. 까지'],
    ['tasks', '- [ ] 남음\n- [x] 끝', '• ☐ 남음\n• ☑ 끝'],
    ['a table of two columns', '| 구분 | 요금 |\n|---|---|\n| 일반 | **3,000원** |', '구분 / 요금\n• 일반: 3,000원'],
    [
      'a table of three columns',
      '| 구분 | 요금 | 기간 |\n|---|---|---|\n| 일반 | 3,000원 | 2일 |',
      '구분\n• 일반: 요금 3,000원 / 기간 2일',
    ],
    ['code', '```js\nif (a ** b) {}\n```\n`x*y*z`', 'if (a ** b) {}\nx*y*z'],
    [
      'links',
      '[도움말](https://a.example/b) <https://c.example> [https://d.example](https://d.example)',
      '도움말 (https://a.example/b) https://c.example https://d.example',
    ],
    ['phone links', '[전화](tel:02-123-4567)', '전화 (02-123-4567)'],
    ['an address before a particle', '**https://a.example/c(x)**은', 'https://a.example/c(x)은'],
    ['images', '![지도](https://a.example/m.png)', '지도 (https://a.example/m.png)'],
    ['footnotes', '무료[^1]\n\n[^1]: 5만 원 이상', '무료[1]\n\n[1] 5만 원 이상'],
    ['quotes and rules', '> 인용\n\n---\n\n끝', '인용\n\n끝'],
    ['formatting tags', '<b>굵게</b><br>줄 &amp; <주문번호> <id>', '굵게\n줄 & <주문번호> <id>'],
    ['a cut link', '[도움말](https://shop.example/hel', '도움말 https://shop.example/hel'],
    ['links and pictures cut at once', '끝 ![그림](\n\n- [안내](\n\n## [링크](', '끝 그림\n\n• 안내\n\n링크'],
    [
      'references to nothing',
      '참조 [문서][1]와 [안내문][doc-2], ![그림][img1] [글][].',
      '참조 문서와 안내문, 그림 글.',
    ],
    [
      'references in a list and a table',
      '- **[문서][1]**\n\n| 가 | 나 |\n|--|--|\n| [글][2] | 3 |',
      '• 문서\n\n가 / 나\n• 글: 3',
    ],
    ['references to something', '[문서][1]\n\n[1]: https://a.example/b', '문서 (https://a.example/b)'],
    [
      'brackets that are none',
      '[그냥] a[0][1] x[i][j] 규정[1][2] [공지][필독] [i][1] `[글][1]` \\[글\\]\\[1\\]',
      '[그냥] a[0][1] x[i][j] 규정[1][2] [공지][필독] [i][1] [글][1] [글][1]',
    ],
    ['a cut table', '안내\n\n| 구분 | **요금** |\n|--', '안내\n\n구분 / 요금'],
    ['bars that mean something', '| 또는 || 를 쓰세요.', '| 또는 || 를 쓰세요.'],
    ['escapes', '\\*별\\* 1\\. 하나', '*별* 1. 하나'],
  ])('%s', (_, markdown, plain) => {
    expect(markdownToPlainText(markdown)).toBe(plain);
  });

  it('reads words without marks as the lexer would', () => {
    const words = fc.array(
      fc.constantFrom(
        ...[
          '배송은 ',
          '이틀',
          ' ',
          '  ',
          '\n',
          '\n\n',
          '  \n',
          '9시~18시',
          '~',
          '3,000원',
          '12',
          '1.',
          '2024. 3. 5. ',
          '(',
          ')',
        ],
        ...[
          'https://a.kr/x~y',
          'www.a.kr',
          'a@b.kr',
          '“',
          '!',
          ':',
          '-',
          '+',
          '/',
          '$',
          "'",
          '\u00A0',
          '\u3000',
          '…',
          '☑',
        ],
      ),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(words, (pieces) => {
        const text = `글~${pieces.join('')}`;
        // Two tildes send the text itself to the lexer, and three may open a fence that makes code of what follows.
        fc.pre(!text.includes('~~'));
        // What follows needs the lexer, and with it all of the text goes there.
        expect(markdownToPlainText(`${text}\n\n**끝**`)).toBe(`${markdownToPlainText(text)}\n\n끝`);
      }),
      { numRuns: 5_000 },
    );
  });

  it('makes text of what the lexer fails on', () => {
    expect(markdownToPlainText('1. |\n\t>2) **가**\n|')).toContain('가');
  });

  it('removes control characters and half surrogates', () => {
    expect(markdownToPlainText('가\u0000나\uD800다\r\n라\uFDD0')).toBe('가나\uFFFD다\n라');
  });

  it.each([
    ['quotes', '> '.repeat(9_000)],
    ['brackets', '['.repeat(19_000)],
    ['bold', '**a'.repeat(6_600)],
    ['nested lists', Array.from({ length: 190 }, (_, i) => `${'  '.repeat(i)}- a`).join('\n')],
    ['very long', '**가** '.repeat(50_000)],
  ])('comes to an end on hostile %s', (_, markdown) => {
    expect(typeof markdownToPlainText(markdown)).toBe('string');
  });

  it('leaves no bars of a table beside what is too long for the lexer', () => {
    const long = '배송은 이틀 걸립니다. '.repeat(400).trim();
    const table = '구분 | 요금\n--- | ---:\n일반 | **무료**';
    expect(markdownToPlainText(`${table}\n\n${long}`)).toBe(`구분 / 요금\n일반 / 무료\n\n${long}`);
    expect(markdownToPlainText(`안내\n\n---\n\n가 | 나\n\n${long}`)).toBe(`안내\n\n가 | 나\n\n${long}`);
  });

  it('keeps the look of long answers: lists, bold, links, code', () => {
    const section = [
      '## **배송** 안내',
      '',
      '**기본 배송비**는 3,000원이고 **"무료 배송"**은 5만 원부터입니다. [도움말](https://a.example/b)을 보세요.',
      '',
      '1. **하나**',
      '',
      '1. 둘',
      '',
      '```',
      'if (a ** b) {}',
      '',
      'return',
      '```',
    ].join('\n');
    const plain = [
      '배송 안내',
      '',
      '기본 배송비는 3,000원이고 "무료 배송"은 5만 원부터입니다. 도움말 (https://a.example/b)을 보세요.',
      '',
      '1. 하나',
      '2. 둘',
      '',
      'if (a ** b) {}',
      '',
      'return',
    ].join('\n');
    const times = (text: string, count: number) => Array.from({ length: count }, () => text).join('\n\n');
    expect(markdownToPlainText(times(section, 100))).toBe(times(plain, 100));
  });

  it.each([
    ['in lines', '\n'],
    ['in paragraphs', '\n\n'],
    ['in one line', ' '],
  ])('leaves no bold mark in a long answer with 100 bold phrases, %s', (_, separator) => {
    const phrase = '- **배송비(3,000원)**는 주문하실 때 한 번만 내시면 되고, **"환불 규정"**은 안내 쪽에 있습니다. ';
    const text = Array.from({ length: 50 }, () => phrase.padEnd(100, '가')).join(separator);
    expect(text.length).toBeGreaterThanOrEqual(5_000);
    const plain = markdownToPlainText(text);
    expect(plain).not.toContain('**');
    expect(plain.match(/배송비\(3,000원\)는/g)).toHaveLength(50);
  });

  it('takes the marks away by line where it cannot afford the lexer', () => {
    const lines = [
      ['### **제목**', '제목'],
      ['* 하나 *기울임*과 ***둘 다***, __밑줄__, ~~옛 값~~', '• 하나 기울임과 둘 다, 밑줄, 옛 값'],
      ['> `x*y*z` 그리고 \\*별\\*', 'x*y*z 그리고 *별*'],
      ['[규정](https://a.example/c(x)) <https://c.example> [전화](tel:02-123-4567)', ''],
      ['| 일반 | **3,000원** |', '일반 / 3,000원'],
      ['홍*동, 김*수, order_id_no, 2*3*4 <b>굵게</b> &amp; <주문번호>', ''],
      ['- 9:00~18:00 (점심 12:00~13:00)', '• 9:00~18:00 (점심 12:00~13:00)'],
      ['참조 [문서][1], ![그림][img1]', '참조 문서, 그림'],
      ['다음', '다음'],
    ];
    const expected = lines.map(([markdown = '', plain = '']) => plain || markdown);
    expected[3] = '규정 (https://a.example/c(x)) https://c.example 전화 (02-123-4567)';
    expected[5] = '홍*동, 김*수, order_id_no, 2*3*4 굵게 & <주문번호>';
    const times = (texts: readonly string[]) => Array.from({ length: 60 }, () => texts.join('\n')).join('\n');
    expect(markdownToPlainText(times(lines.map(([markdown = '']) => markdown)))).toBe(times(expected));
  });

  it.each([
    '? **"환불"**은 ',
    '*a@',
    '**a',
    'a*',
    '*a*b',
    '[a](',
    '[aa][',
    '![',
    '> ',
    '1. ',
    '\n',
    '<!--',
    '`a``',
    '~~a',
    '- a\n\n',
    '*a@'.repeat(20).concat('\n\n'),
    '2. **"a"**\n',
    '-----|',
  ])('spends no noticeable time on 19,900 characters of %j', (pattern) => {
    const text = pattern.repeat(19_900).slice(0, 19_900);
    // Time of this process alone: other programs may be busy.
    const times = Array.from({ length: 3 }, () => {
      const before = process.cpuUsage();
      markdownToPlainText(text);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    });
    expect(times.sort((a, b) => a - b)[1]).toBeLessThan(50);
  });
});
