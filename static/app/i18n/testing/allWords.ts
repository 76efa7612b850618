/** Tests open any screen at once: all words are there. */
import { laterWords } from "..";

await laterWords();
