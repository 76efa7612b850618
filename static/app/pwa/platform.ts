/** What kind of window the app runs in: installed or a tab, iOS or not (CL12). Knows nothing of screens. */

export interface Platform {
  installed: boolean;
  ios: boolean;
}

/** Puts a number on the app's icon, where the browser can (Badging API); 0 takes it away. */
export function markIcon(n: number): void {
  if (!("setAppBadge" in navigator)) return;
  // Refused where the app isn't installed: the number on the tab is there all the same.
  void (n > 0 ? navigator.setAppBadge(n) : navigator.clearAppBadge()).catch(() => undefined);
}

export function detectPlatform(): Platform {
  const legacy = "standalone" in navigator && navigator.standalone === true;
  // iPadOS calls itself a Mac; only its touch screen gives it away.
  const ipad = navigator.userAgent.includes("Macintosh") && navigator.maxTouchPoints > 1;
  return {
    installed: legacy || matchMedia("(display-mode: standalone)").matches,
    ios: ipad || /iPhone|iPad|iPod/.test(navigator.userAgent),
  };
}
