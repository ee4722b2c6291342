/** Judging JSON that goes to a platform: what every judge needs, whatever the platform's own rules are. */
import { isJsonObject, type JsonObject } from './json-body.ts';

interface Finding {
  /** Where in the JSON, such as `template.outputs[0].textCard.title`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

export interface Verdict {
  readonly faults: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** A verdict in the making: all spots of one JSON write into the same one. */
export interface Findings {
  readonly faults: Finding[];
  readonly warnings: Finding[];
}

interface Presence {
  readonly required?: boolean;
}

/** One place in the JSON. Every check of an absent value passes, unless the check says `required`.
 *  @typeParam Self the platform's own kind of spot, so that the places inside have its checks too */
export abstract class JsonSpot<Self extends JsonSpot<Self>> {
  readonly value: unknown;
  readonly #path: string;
  readonly #findings: Findings;

  constructor(value: unknown, path: string, findings: Findings) {
    this.value = value;
    this.#path = path;
    this.#findings = findings;
  }

  /** Whose fields these are, as warnings name it. */
  protected abstract readonly platform: string;

  protected abstract spot(value: unknown, path: string, findings: Findings): Self;

  at(key: string | number): Self {
    const holder = this.value;
    const value =
      typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
        ? (holder as JsonObject)[key]
        : undefined;
    const step = typeof key === 'number' ? `[${key}]` : this.#path === '' ? key : `.${key}`;
    return this.spot(value, `${this.#path}${step}`, this.#findings);
  }

  fault(message: string): void {
    this.#findings.faults.push({ path: this.#path, message });
  }

  warn(message: string): void {
    this.#findings.warnings.push({ path: this.#path, message });
  }

  get isPresent(): boolean {
    return this.value !== undefined;
  }

  get hasText(): boolean {
    return typeof this.value === 'string' && this.value.trim() !== '';
  }

  /** Of an array; 0 for anything else. */
  get count(): number {
    return Array.isArray(this.value) ? this.value.length : 0;
  }

  isRequired(): boolean {
    if (!this.isPresent) this.fault('is required');
    return this.isPresent;
  }

  /** False for an absent value too: there is nothing inside to look at. */
  isObject(knownFields?: readonly string[]): this is this & { readonly value: object } {
    if (!this.isPresent && this.#path !== '') return false;
    if (!isJsonObject(this.value)) {
      this.fault('must be an object');
      return false;
    }
    for (const key of Object.keys(this.value)) {
      if (knownFields?.includes(key) === false) this.at(key).warn(`is not a field that ${this.platform} knows here`);
    }
    return true;
  }

  items(min: number, max: number): readonly Self[] {
    if (!this.isPresent) return [];
    if (!Array.isArray(this.value)) {
      this.fault('must be an array');
      return [];
    }
    if (this.count < min) this.fault(`has ${this.count} entries; at least ${min} must be there`);
    if (this.count > max) this.fault(`has ${this.count} entries; ${max} is the limit`);
    return this.value.map((_, index) => this.at(index));
  }

  /** `maxLength` in UTF-16 units: no platform says how it counts an emoji, and 2 is the safe answer. */
  text(rule: Presence & { readonly nonEmpty?: boolean; readonly maxLength?: number }): void {
    if (!this.#isGiven(rule)) return;
    if (typeof this.value !== 'string') {
      this.fault('must be a string');
      return;
    }
    if ((rule.required === true || rule.nonEmpty === true) && !this.hasText) this.fault('must not be empty');
    if (!this.value.isWellFormed()) this.fault('holds half a surrogate pair: an emoji was cut in two');
    if (rule.maxLength !== undefined && this.value.length > rule.maxLength) {
      this.warn(`has ${this.value.length} characters; ${rule.maxLength} is the limit`);
    }
  }

  flag(): void {
    if (this.isPresent && typeof this.value !== 'boolean') this.fault('must be true or false');
  }

  integer(rule: Presence & { readonly min?: number; readonly max?: number }): void {
    if (!this.#isGiven(rule)) return;
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = rule;
    if (!Number.isInteger(this.value)) this.fault('must be an integer');
    else if (Number(this.value) < min || Number(this.value) > max) this.fault(`must be from ${min} to ${max}`);
  }

  oneOf(values: readonly string[], rule: Presence = {}): void {
    if (!this.isPresent && rule.required !== true) return;
    if (typeof this.value !== 'string' || !values.includes(this.value))
      this.fault(`must be one of ${values.join(', ')}`);
  }

  /** The URL, for the platform's own rules; undefined when there is none or it is already a fault. */
  protected absoluteUrl(rule: Presence, moreProtocols: readonly string[] = []): URL | undefined {
    if (!this.#isGiven(rule)) return undefined;
    const url = typeof this.value === 'string' && !/\s/.test(this.value) ? URL.parse(this.value) : null;
    if (url !== null && ['http:', 'https:', ...moreProtocols].includes(url.protocol)) return url;
    this.fault('must be an http(s) URL');
    return undefined;
  }

  #isGiven(rule: Presence): boolean {
    return rule.required === true ? this.isRequired() : this.isPresent;
  }
}
