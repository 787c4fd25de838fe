/** One document of the corpus in a process of its own, so that its time and memory are its own: `corpus.ts` starts it. */
import { examine } from '../support/examine-document.ts';

const [file = ''] = process.argv.slice(2);
console.log(JSON.stringify(await examine(file)));
