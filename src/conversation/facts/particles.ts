/** Particles that follow what stands in front of them. */

export const PARTICLE = /^ ?(?:으로|로|을|를|은|는|이나|이|가|에서|에|와|과|도|만|의|까지|부터|나)(?=[\s.,!?)\]]|$)/;

const FIRST_SYLLABLE = 0xac00;
const TAILS = 28;
const TAIL_RIEUL = 8;

/** Of a syllable; 0 where none is. */
function tailOf(word: string): number {
  return (word.charCodeAt(word.length - 1) - FIRST_SYLLABLE) % TAILS;
}

/** The form of `particle` that follows `word`, which ends in Hangul. */
export function agreeing(particle: string, word: string): string {
  const tail = tailOf(word);
  const closed = tail !== 0;
  switch (particle) {
    case '으로':
    case '로':
      return closed && tail !== TAIL_RIEUL ? '으로' : '로';
    case '을':
    case '를':
      return closed ? '을' : '를';
    case '은':
    case '는':
      return closed ? '은' : '는';
    case '이':
    case '가':
      return closed ? '이' : '가';
    case '와':
    case '과':
      return closed ? '과' : '와';
    case '이나':
    case '나':
      return closed ? '이나' : '나';
    default:
      return particle;
  }
}
