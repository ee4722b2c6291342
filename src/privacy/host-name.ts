/** Whether letters with dots between them are an address: "evil.top" is one, "README.md", "Node.js" and "Dr.Jart" are not. */
import { TOP_LEVEL_DOMAINS } from './top-level-domains.ts';

/** Endings of files that are endings of hosts as well. */
const FILE_ENDINGS: ReadonlySet<string> = new Set(
  'md py sh rs pl ps zip mov cab so ml bz tf pub mm mo fm st cc as'.split(' '),
);
/** Before a dot and a name. */
const TITLES: ReadonlySet<string> = new Set(
  'mr mrs ms dr st no vol ver fig prof sr jr vs op ed feat ft inc ltd'.split(' '),
);
const PRODUCTS: ReadonlySet<string> = new Set(['asp.net', 'vb.net', 'ado.net']);
/** Behind a single letter ("T.map", "L.Point") only these make an address: "x.com", "t.me". */
const ENDINGS_OF_SHORT_NAMES: ReadonlySet<string> = new Set(
  'com net org kr io me co to ly gl be gg im us cc tv ws ru cn jp link click top xyz site shop store online app'.split(
    ' ',
  ),
);
/** How a sentence ends that the next one follows without a blank: "가능합니다.to". */
const SENTENCE_END = /(?:다|요|죠|까|음|함|임|됨|네)$/;

/** @param host labels with dots between them
 *  @param bare nothing follows: no path, no port */
export function isHostName(host: string, bare: boolean): boolean {
  const labels = host.split('.');
  const [first = ''] = labels;
  const last = labels.at(-1) ?? '';
  const ending = last.toLowerCase();
  if (ending.startsWith('xn--')) return true;
  if (!TOP_LEVEL_DOMAINS.has(ending)) return false;
  if (!bare || labels.length > 2) return true;
  const name = first.toLowerCase();
  if (FILE_ENDINGS.has(ending) || TITLES.has(name) || PRODUCTS.has(host.toLowerCase())) return false;
  if (name.length === 1) return ENDINGS_OF_SHORT_NAMES.has(ending);
  if (/^[A-Z]{2,3}\.[A-Z]{2,3}$/.test(host)) return ENDINGS_OF_SHORT_NAMES.has(ending);
  // "…of it.So we": two sentences.
  return !(/^[A-Z][a-z]+$/.test(last) && /^[a-z]/.test(first));
}

/** A label in Hangul that is a name and not the end of a sentence. */
export function isHangulLabel(label: string): boolean {
  return label.length > 1 && !SENTENCE_END.test(label);
}

/** Of the customer's own router, which no stranger can lead to. Source: RFC 1918, RFC 1122 */
const AT_HOME = /^(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01]))\./;

/** "203.0.113.9", and not "1.2.3.4", which is a version as well as an address. */
export function isAddressOfHost(digits: string, bare: boolean): boolean {
  const octets = digits.split('.').map(Number);
  if (octets.length !== 4 || octets.some((octet) => octet > 255)) return false;
  return !bare || (octets.some((octet) => octet >= 32) && !AT_HOME.test(digits));
}
