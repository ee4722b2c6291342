import { MoonIcon, ResetIcon, SunIcon } from './icons.tsx';
import { useLanguage, useWords } from './language-context.ts';
import type { Theme } from './preferences.ts';

interface ChatHeaderProps {
  readonly botName: string;
  readonly theme: Theme;
  readonly mayReset: boolean;
  readonly switchTheme: () => void;
  readonly switchLanguage: () => void;
  readonly askReset: () => void;
}

export function ChatHeader(props: ChatHeaderProps) {
  const words = useWords();
  const language = useLanguage();
  const themeHint = props.theme === 'dark' ? words.useLight : words.useDark;
  return (
    <header className="header">
      <div className="header-title">
        <h1>{props.botName || words.untitled}</h1>
        <span className="badge">{words.badge}</span>
      </div>
      <button
        type="button"
        className="header-button"
        lang={language === 'ko' ? 'en' : 'ko'}
        title={words.switchLanguageHint}
        onClick={props.switchLanguage}
      >
        {words.switchLanguage}
      </button>
      <button
        type="button"
        className="header-button icon-only"
        aria-label={themeHint}
        title={themeHint}
        onClick={props.switchTheme}
      >
        {props.theme === 'dark' ? <SunIcon /> : <MoonIcon />}
      </button>
      <button
        type="button"
        className="header-button"
        aria-disabled={!props.mayReset}
        onClick={() => props.mayReset && props.askReset()}
      >
        <ResetIcon />
        <span className="reset-label">{words.reset}</span>
      </button>
    </header>
  );
}
