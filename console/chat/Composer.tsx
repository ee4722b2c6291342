import { type KeyboardEvent, type RefObject, useId, useLayoutEffect, useState } from 'react';
import { readDraft, saveDraft } from './draft.ts';
import { SendIcon } from './icons.tsx';
import { useLanguage, useWords } from './language-context.ts';

/** The gateway refuses longer messages. */
const LIMIT = 10_000;
const COUNTER_FROM = LIMIT - 500;

/** While a syllable is being composed, Enter belongs to the input method: sending then would cut the word or send its last
 *  syllable twice. Safari ends the composition before its keydown and tells only by the code 229. */
function isComposing(event: KeyboardEvent): boolean {
  return event.nativeEvent.isComposing || event.keyCode === 229;
}

interface ComposerProps {
  readonly inputRef: RefObject<HTMLTextAreaElement | null>;
  readonly draftName: string;
  readonly maySend: boolean;
  readonly send: (text: string) => void;
}

export function Composer({ inputRef, draftName, maySend, send }: ComposerProps) {
  const words = useWords();
  const language = useLanguage();
  const hintId = useId();
  const counterId = useId();
  const [text, setText] = useState(() => readDraft(draftName));
  const excess = text.length - LIMIT;
  const isReady = maySend && excess <= 0 && text.trim() !== '';
  const number = (value: number) => value.toLocaleString(language);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const input = inputRef.current;
    if (input === null) return;
    // Measured from nothing, or the field would never shrink again.
    input.style.height = '0';
    input.style.height = `${input.scrollHeight}px`;
  }, [text, inputRef]);

  const change = (value: string) => {
    setText(value);
    saveDraft(draftName, value);
  };
  const submit = () => {
    if (!isReady) return;
    send(text.trim());
    change('');
    inputRef.current?.focus();
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {text.length >= COUNTER_FROM && (
        <p id={counterId} className={excess > 0 ? 'counter over' : 'counter'} role="status">
          {words.length(number(text.length), number(LIMIT))}
          {excess > 0 && ` · ${words.tooLong(number(excess))}`}
        </p>
      )}
      <div className="composer-field">
        <textarea
          ref={inputRef}
          rows={1}
          value={text}
          placeholder={words.placeholder}
          aria-label={words.message}
          aria-describedby={hintId}
          aria-invalid={excess > 0}
          enterKeyHint="send"
          autoComplete="off"
          onChange={(event) => change(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return;
            event.preventDefault();
            submit();
          }}
        />
        {/* Not `disabled`: a button that is switched off while it has the focus throws the keyboard back to the top. */}
        <button
          type="submit"
          className="send-button"
          aria-disabled={!isReady}
          aria-label={words.send}
          title={words.send}
        >
          <SendIcon />
        </button>
      </div>
      <p id={hintId} className="visually-hidden">
        {words.sendHint}
      </p>
    </form>
  );
}
