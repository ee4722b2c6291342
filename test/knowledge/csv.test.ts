import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { isHttpUrl } from '../../src/channels/plain-parts.ts';
import { GatewayError } from '../../src/errors.ts';
import { loadKnowledgeCsv } from '../../src/knowledge/csv.ts';

function load(text: string, imageBaseUrl?: string) {
  return loadKnowledgeCsv(Buffer.from(text), imageBaseUrl === undefined ? {} : { imageBaseUrl });
}

function questions(text: string): string[] {
  return load(text).entries.map(({ question }) => question);
}

function messageOf(run: () => unknown): string {
  try {
    run();
    return '';
  } catch (error) {
    return String(error);
  }
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof GatewayError ? error.code : String(error);
  }
}

const KOREAN = '질문,답변,이미지\n배송비는 얼마인가요?,"3,000원입니다.",\n영업시간은요?,10시부터예요.,\n';

describe('loadKnowledgeCsv reads what spreadsheets write', () => {
  it.each([
    ['UTF-8', Buffer.from(KOREAN)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${KOREAN}`)],
    ['CP949', iconv.encode(KOREAN, 'cp949')],
    ['EUC-KR', iconv.encode(KOREAN, 'euc-kr')],
    ['UTF-16 without a mark', Buffer.from(KOREAN, 'utf16le')],
    [
      'UTF-8 with a row of CP949 pasted into it',
      Buffer.concat(
        KOREAN.split(/(?<=\n)/).map((row, at) => (at === 2 ? iconv.encode(row, 'cp949') : Buffer.from(row))),
      ),
    ],
    [
      'UTF-16, tab-separated',
      iconv.encode(
        `\ufeff${KOREAN.replace('"3,000원입니다."', '3,000원입니다.').replaceAll(/,(?!000)/g, '\t')}`,
        'utf16le',
      ),
    ],
    ['Windows line ends', Buffer.from(KOREAN.replaceAll('\n', '\r\n'))],
    ['old Macintosh line ends', Buffer.from(KOREAN.replaceAll('\n', '\r'))],
    ['semicolons', Buffer.from(KOREAN.replaceAll(/,(?!000)/g, ';'))],
    ["Excel's sep= line", Buffer.from(`sep=,\r\n${KOREAN}`)],
  ])('%s', (_, bytes) => {
    const { entries, problems } = loadKnowledgeCsv(bytes, {});
    expect(entries.map(({ question, answer }) => [question, answer])).toEqual([
      ['배송비는 얼마인가요?', '3,000원입니다.'],
      ['영업시간은요?', '10시부터예요.'],
    ]);
    expect(problems).toEqual([]);
  });

  it('keeps UTF-8 with a few broken bytes UTF-8, and names the broken row', () => {
    const bytes = Buffer.concat([
      Buffer.from(`${KOREAN}교환`),
      Buffer.from([0xeb, 0xb0]),
      Buffer.from(' 되나요?,네.\n'),
    ]);
    const { entries, problems } = loadKnowledgeCsv(bytes, {});
    expect(entries).toHaveLength(2);
    expect(problems).toEqual([{ row: 4, message: expect.stringContaining('broken characters') }]);
  });

  it.each([
    ['xlsx', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(400, 0x14)])],
    ['xls', Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(400)])],
  ])('says that an Excel workbook (%s) is none of CSV', (_, bytes) => {
    expect(codeOf(() => loadKnowledgeCsv(bytes))).toBe('KNOWLEDGE_INVALID');
    expect(messageOf(() => loadKnowledgeCsv(bytes))).toMatch(
      /the knowledge file is an Excel workbook .*; save it in Excel as "CSV UTF-8"$/,
    );
  });

  it.each([
    ['a picture', Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb004300080606', 'hex')],
    ['half a character', Buffer.from(KOREAN).subarray(1)],
  ])('says that the first line cannot be read: %s', (_, bytes) => {
    expect(codeOf(() => loadKnowledgeCsv(bytes))).toBe('KNOWLEDGE_INVALID');
    expect(messageOf(() => loadKnowledgeCsv(bytes))).toContain(
      'the first line of the knowledge file holds broken characters: save the file as CSV in UTF-8',
    );
  });

  it('takes English and Korean headers in any order, case and spelling', () => {
    const text =
      'Link URL,ID,ANSWER,유사 질문,Question,link_label\nhttps://shop.example/a,ship,3일이요,언제 와요|며칠,배송?,보기';
    expect(load(text).entries).toEqual([
      {
        id: 'ship',
        question: '배송?',
        answer: '3일이요',
        aliases: ['언제 와요', '며칠'],
        links: [{ label: '보기', url: 'https://shop.example/a' }],
      },
    ]);
  });

  it('reads two or three columns without a header where the first cell asks something, and ignores the empty columns behind them', () => {
    expect(questions('배송?,3일\n반품?,7일')).toEqual(['배송?', '반품?']);
    expect(questions('배송은 며칠 걸리나요？,3일\n반품,7일')).toEqual(['배송은 며칠 걸리나요？', '반품']);
    expect(load('배송?,3일,https://x.example/a.png\n반품?,7일,').entries[0]?.imageUrl).toBe('https://x.example/a.png');
    expect(questions('배송?,3일,,,,\n반품?,7일,,,,\n,,,,,')).toEqual(['배송?', '반품?']);
  });

  it.each([
    '분류,제목,내용\n배송,반품,칠일',
    '제목,내용\n배송은 얼마나 걸리나요?,3일',
    '날짜;금액\n2026-01-02;3000',
    '<html>,<body>',
    'just one line, of text',
    'x,y\n1,2',
  ])('takes no other table for knowledge without column names: %j', (text) => {
    expect(codeOf(() => load(text))).toBe('KNOWLEDGE_INVALID');
    expect(messageOf(() => load(text))).toContain(
      'must name a column for the question (question, q, 질문, 질문내용, 문의, 문의내용, 대표질문, 발화) and for the answer (answer, ',
    );
  });

  it('names the one column that is missing', () => {
    const message = messageOf(() => load('질문,내용\n배송은 얼마나 걸리나요?,3일'));
    expect(message).toContain('must name a column for the answer (answer, a, 답변, ');
    expect(message).not.toContain('for the question');
  });

  it('refuses a file of which nobody could tell what is the question', () => {
    for (const text of [
      '',
      '\n\n',
      'a,b,c,d\n1,2,3,4',
      '질문,분류,메모\n배송?,1,2',
      '배송\n반품',
      'question,answer\n',
      'question,answer\n,\n배송,',
    ]) {
      expect([text, codeOf(() => load(text))]).toEqual([text, 'KNOWLEDGE_INVALID']);
    }
  });

  it('keeps line breaks inside quotes and counts rows as the spreadsheet does', () => {
    const { entries, problems } = load('question,answer\nA?,"첫 줄\n둘째 줄"\n\nB?,\nC?,답');
    expect(entries.map(({ answer }) => answer)).toEqual(['첫 줄\n둘째 줄', '답']);
    expect(problems).toEqual([{ row: 4, message: expect.stringContaining('the answer is empty') }]);
  });

  it('names bad rows and uses the good ones', () => {
    const { entries, problems } = load(
      ['question,answer', 'A?,답', ',답만 있음', 'B?,', 'a ?,두 번째 답', 'C?,#N/A', ',', 'D?,답'].join('\n'),
    );
    expect(entries.map(({ question }) => question)).toEqual(['A?', 'D?']);
    expect(problems).toEqual([
      { row: 3, message: expect.stringContaining('the question is empty') },
      { row: 4, message: expect.stringContaining('the answer is empty') },
      { row: 5, message: expect.stringContaining('same question as in row 2') },
      { row: 6, message: expect.stringContaining('spreadsheet error') },
    ]);
  });

  it('gives up a row whose quote is never closed, not the rows behind it', () => {
    expect(load('question,answer\nA?,답\n"B?,답\nC?,답\n')).toMatchObject({
      entries: [{ question: 'A?' }, { question: 'C?' }],
      problems: [{ row: 3, message: expect.stringContaining('quote') }],
    });
    expect(load('question,answer\n"B?,답\nC?,"답 ""하나"""\nD?,답')).toMatchObject({
      entries: [{ question: 'C?', answer: '답 "하나"' }, { question: 'D?' }],
      problems: [{ row: 2 }],
    });
    expect(load(`question,answer\nA?,답\n${'"B?,답\n'.repeat(200)}`).entries.length).toBeGreaterThanOrEqual(1);
  });

  it.each([
    ['the only row', 'question,answer\n"A?,답\n', 2],
    ['the header', '"question,answer\nA?,답\n', 1],
    ['every row', '질문,답변\n"A?,답\n"B?,답\n"C?,답\n', 2],
  ])('names the quote that is not closed where it leaves nothing to use: %s', (_, text, row) => {
    expect(codeOf(() => load(text))).toBe('KNOWLEDGE_INVALID');
    expect(messageOf(() => load(text))).toContain(`row ${row}: skipped, a quote (") is not closed`);
  });

  it('says what is wrong in English, as all of the log', () => {
    const { problems } = load(
      'id,question,answer,image,link_label,link_url\na:b,A?,답,ftp://x/y,이름,\n,B?,,,,\n,C?,#N/A,,,\n,A?,답,,,\n,,,그림,,\n,D?,답,..,,x:y',
    );
    expect(problems.map(({ row }) => row)).toEqual([2, 2, 2, 3, 4, 5, 6, 7, 7]);
    for (const { message } of problems) expect(message).toMatch(/^[\x20-\x7e]+$/);
  });

  it('cleans what Excel leaves in cells', () => {
    const { entries } = load('question,answer\n="전화번호?","\'1600-0000"\nB?, 줄_x000D_바꿈\u00a0 \nC?,\u200b답');
    expect(entries.map(({ question, answer }) => [question, answer])).toEqual([
      ['전화번호?', '1600-0000'],
      ['B?', '줄\n바꿈'],
      ['C?', '답'],
    ]);
  });
});

describe('ids', () => {
  it('are the same for the same question in every file, and differ between questions', () => {
    const first = load('question,answer\n배송비는 얼마인가요?,3천 원\n반품?,7일').entries;
    const second = load('질문,답변\n새 질문?,답\n배송비는 얼마인가요,4천 원').entries;
    expect(second[1]?.id).toBe(first[0]?.id);
    expect(new Set([...first, ...second].map(({ id }) => id)).size).toBe(3);
  });

  it('never hold what a button code cannot carry', () => {
    const { entries, problems } = load('id,question,answer\na:b,A?,답\nsame,B?,답\nsame,C?,답\n,D?,답');
    expect(new Set(entries.map(({ id }) => id)).size).toBe(4);
    expect(entries.every(({ id }) => /^[^:\s]{1,64}$/.test(id))).toBe(true);
    expect(problems.map(({ row }) => row)).toEqual([2, 4]);
  });
});

describe('images and links', () => {
  it('resolves relative images against the base and leaves absolute ones', () => {
    const { entries, problems } = load(
      'question,answer,image\nA?,답,sample/a b.png\nB?,답,https://cdn.example/b.png',
      'https://bot.example/files/',
    );
    expect(entries.map(({ imageUrl }) => imageUrl)).toEqual([
      'https://bot.example/files/sample/a%20b.png',
      'https://cdn.example/b.png',
    ]);
    expect(problems).toEqual([]);
  });

  it('leaves relative images out without a base and says so once', () => {
    const { entries, problems } = load('question,answer,image\nA?,답,a.png\nB?,답,b.png');
    expect(entries.every((entry) => !('imageUrl' in entry))).toBe(true);
    expect(problems).toEqual([{ row: 2, message: expect.stringContaining('images left out: 2') }]);
  });

  it.each([
    '../../etc/passwd',
    'sample/../../secret.png',
    'sample/%2e%2E/%2e./secret.png',
    'sample\\..\\..\\secret.png',
    '..',
    'a/.\t./.\n./b.png',
    '/etc/passwd',
    '\\\\server\\share\\a.png',
    '//elsewhere.example/a.png',
    'C:\\images\\a.png',
    'file:///etc/passwd',
    'ftp://cdn.example/a.png',
    'data:image/png;base64,AAAA',
    'https:',
    'a.png https://cdn.example/b.png',
    'https://cdn.example/a.png\nhttps://cdn.example/b.png',
  ])('leaves out the image %s and says so', (image) => {
    for (const base of [undefined, 'https://bot.example/files/']) {
      const { entries, problems } = load(`question,answer,image\nA?,답,"${image}"`, base);
      expect(entries).toHaveLength(1);
      expect(entries[0]).not.toHaveProperty('imageUrl');
      expect(problems).toEqual([{ row: 2, message: expect.stringContaining('image left out') }]);
    }
  });

  it('keeps a relative image below the base, whatever it is called', () => {
    const base = 'https://bot.example/files/';
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('..', '.', '/', '\\', '%2e', '%2f', '\t', 'a', ':', '?', '#', '@', ' '), {
          maxLength: 8,
        }),
        (pieces) => {
          const { entries } = load(`question,answer,image\nA?,답,"a${pieces.join('')}"`, base);
          const url = entries[0]?.imageUrl;
          if (url !== undefined) expect(url.startsWith(base)).toBe(true);
        },
      ),
    );
  });

  it('takes nothing but web addresses, and keeps links as they are written', () => {
    const { entries, problems } = load(
      [
        'question,answer,image,link_label,link_url',
        'A?,답,javascript:alert(1),,javascript:alert(1)',
        'B?,답,,,https://shop.example/길?a=1',
        'C?,답,,이름만,',
      ].join('\n'),
    );
    expect(entries.map(({ links }) => links)).toEqual([
      [],
      [{ label: '자세히 보기', url: 'https://shop.example/길?a=1' }],
      [],
    ]);
    expect(problems.map(({ row }) => row)).toEqual([2, 2, 4]);
  });

  it.each([
    ['https://shop.example/my page?q=a b#c d', 'https://shop.example/my%20page?q=a%20b#c%20d'],
    ['https://shop.example/반품 안내', 'https://shop.example/반품%20안내'],
    ['https://shop.example/a\u3000b', 'https://shop.example/a%E3%80%80b'],
    ['https://shop.example/long\n/address', 'https://shop.example/long/address'],
  ])('writes the link %j so that a tap opens all of it', (written, url) => {
    const { entries, problems } = load(`question,answer,link_url\nA?,답,"${written}"`);
    expect(entries[0]?.links).toEqual([{ label: '자세히 보기', url }]);
    expect(problems).toEqual([]);
  });

  it.each([
    'https://my shop.example/',
    'https:shop.example/a',
    'https://a.example/ https://b.example/',
    'https://a.example/a\nhttps://b.example/b',
  ])('leaves out the link %j and says so', (written) => {
    const { entries, problems } = load(`question,answer,link_url\nA?,답,"${written}"`);
    expect(entries[0]?.links).toEqual([]);
    expect(problems).toEqual([{ row: 2, message: expect.stringContaining('link left out') }]);
  });

  it('keeps no link that a channel could not put under a button', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'https:',
            '/',
            '//',
            ' ',
            '\n',
            '\t',
            '\u00a0',
            '\u3000',
            'a.example',
            '길',
            '?',
            '#',
            '%',
            '\\',
          ),
        ),
        (pieces) => {
          const { entries } = load(`question,answer,link_url\nA?,답,"https:${pieces.join('')}"`);
          for (const { url } of entries[0]?.links ?? []) expect(isHttpUrl(url), url).toBe(true);
        },
      ),
    );
  });
});

it('never fails in another way than KNOWLEDGE_INVALID', () => {
  const cell = fc.constantFrom(
    '질문',
    '답변',
    'question',
    'answer',
    'A?',
    '"',
    '""',
    '\n',
    ',',
    '\t',
    '#N/A',
    ':',
    '="x"',
    '뷁',
  );
  const file = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(cell, { maxLength: 40 }).map((cells) => new Uint8Array(Buffer.from(cells.join('')))),
  );
  fc.assert(
    fc.property(file, (bytes) => {
      const code = codeOf(() => {
        const { entries } = loadKnowledgeCsv(bytes, { imageBaseUrl: 'https://bot.example/' });
        expect(entries.length).toBeGreaterThan(0);
        expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
      });
      expect([undefined, 'KNOWLEDGE_INVALID']).toContain(code);
    }),
    { numRuns: 400 },
  );
});
