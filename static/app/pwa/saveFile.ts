/** Hands a text over to the phone as a file: downloaded, or shared where an installed app can't download (iOS). */
import { detectPlatform } from "./platform";

const REVOKE_AFTER_MS = 60_000;

export async function saveFile(name: string, text: string): Promise<void> {
  const file = new File([text], name, { type: "application/json" });
  if (detectPlatform().ios && navigator.canShare?.({ files: [file] })) return navigator.share({ files: [file] });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_AFTER_MS);
}
