import { type BotSettings, engineOf } from '../config.ts';
import { withModelOf } from './entry-model.ts';

/** What answers, in its order, with models and without addresses or keys: `clova (HCX-007, photos HCX-005) → faq (the knowledge)`. */
export function describeEngines(bot: BotSettings): string {
  return bot.engine.map((entry) => describeEntry(entry, bot)).join(' → ');
}

function describeEntry(entry: BotSettings['engine'][number], bot: BotSettings): string {
  const name = engineOf(entry);
  const { clovaModel, openaiModel, openaiVision } = withModelOf(entry, bot);
  switch (name) {
    case 'clova': {
      const photos = bot.photos && bot.clovaVisionModel !== undefined ? `, photos ${bot.clovaVisionModel}` : '';
      return `clova (${clovaModel}${photos})`;
    }
    case 'openai':
      return `openai (${openaiModel}${bot.photos && openaiVision ? ', photos' : ''})`;
    case 'faq':
      return 'faq (the knowledge)';
    default:
      return name;
  }
}
