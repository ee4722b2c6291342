/** Summaries and segmentation. Source: NAVER Cloud API guide, clovastudio-summarization (2026-08), -segmentation (2026-07). */
import { ApiError } from '../api-error.ts';
import { estimateTokens } from '../rules.ts';
import { type ApiEndpoint, type ApiRequest, optionalFlag, optionalWholeNumber, requiredText } from './endpoint.ts';

const MAX_SUMMARISED_CHARACTERS = 35_000;
const MAX_SEGMENTED_CHARACTERS = 120_000;

export const TEXT_ENDPOINTS: readonly ApiEndpoint[] = [
  { method: 'POST', path: /^\/v1\/api-tools\/summarization\/v2$/, answer: (request) => summarise(request) },
  { method: 'POST', path: /^\/v1\/api-tools\/segmentation$/, answer: (request) => segment(request) },
];

function summarise({ body }: ApiRequest) {
  const { texts } = body;
  if (!Array.isArray(texts) || texts.length === 0 || !texts.every((text) => typeof text === 'string')) {
    throw ApiError.invalidParameter('texts');
  }
  const whole = texts.join('\n');
  if (whole.trim() === '') throw new ApiError('40004', 'Text empty');
  if (texts.reduce((sum, text) => sum + text.length, 0) > MAX_SUMMARISED_CHARACTERS) {
    throw new ApiError('40003', 'Context length exceeded');
  }
  optionalFlag(body, 'autoSentenceSplitter');
  optionalFlag(body, 'includeAiFilters');
  optionalWholeNumber(body, 'segCount', (value) => value === -1 || value >= 1);
  const maxSize = optionalWholeNumber(body, 'segMaxSize', (value) => value >= 1 && value <= 3_000) ?? 1_000;
  optionalWholeNumber(body, 'segMinSize', (value) => value >= 0 && value <= maxSize);
  const firstWords = texts.map((text) => sentencesOf(text)[0] ?? '').filter((sentence) => sentence !== '');
  const inputTokens = estimateTokens(whole);
  return {
    result: { text: firstWords.map((sentence) => `- ${sentence.replace(/[.!?]$/, '')}`).join('\n'), inputTokens },
    tokens: inputTokens,
  };
}

function segment({ body }: ApiRequest) {
  const text = requiredText(body, 'text');
  if (text.length > MAX_SEGMENTED_CHARACTERS) throw new ApiError('40003', 'Context length exceeded');
  const { alpha } = body;
  const isAlpha = typeof alpha === 'number' && (alpha === -100 || Math.abs(alpha) <= 1.5);
  if (alpha !== undefined && !isAlpha) throw ApiError.invalidParameter('alpha');
  const count = optionalWholeNumber(body, 'segCnt', (value) => value === -1 || value >= 1) ?? -1;
  optionalFlag(body, 'postProcess');
  const maxSize = optionalWholeNumber(body, 'postProcessMaxSize', (value) => value >= 1) ?? 1_000;
  optionalWholeNumber(body, 'postProcessMinSize', (value) => value >= -1 && value <= maxSize);
  const sentences = sentencesOf(text);
  const perParagraph = count === -1 ? 2 : Math.ceil(sentences.length / count);
  const topicSeg: string[][] = [];
  for (let at = 0; at < sentences.length; at += perParagraph) topicSeg.push(sentences.slice(at, at + perParagraph));
  let index = 0;
  const span = topicSeg.map((paragraph) => paragraph.map(() => index++));
  const inputTokens = estimateTokens(text);
  return { result: { topicSeg, span, inputTokens }, tokens: inputTokens };
}

function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
