import { createContext, useContext } from 'react';
import { type Language, WORDS, type Words } from './words.ts';

export const LanguageContext = createContext<Language>('ko');

export const useLanguage = (): Language => useContext(LanguageContext);

export const useWords = (): Words => WORDS[useLanguage()];
