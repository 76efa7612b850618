// Looks at its own page now and then while a file is made, and shows the page anew when it is. Without this the page has
// a link that does so.
const EVERY_MS = 1500;

async function look() {
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const told = page.querySelector("[data-waits]");
    if (!told) {
      location.reload();
      return;
    }
    const said = document.querySelector("[data-waits]");
    if (said.textContent !== told.textContent) said.textContent = told.textContent;
    document.querySelector("progress").value = page.querySelector("progress").value;
  } catch {
    // No answer just now: the next one will say.
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
