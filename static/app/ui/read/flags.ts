/** What a reader should know of a record beside its contents, in words. Pure. */
import type { Answered } from "../../domain/records";
import { coded } from "../../i18n";

/** A record the server has not answered carries none yet. */
export const flagsInWords = ({ flags = [] }: Answered): string[] => flags.map((flag) => coded("flag", flag));
