// A button beside what is there to be copied; without JavaScript the text is marked and copied by hand.
for (const text of document.querySelectorAll("textarea[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text.dataset.copy;
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      said.textContent = ` ${text.dataset.copied}`;
    } catch {
      said.textContent = ""; // it is marked: the browser's own way is left
    }
  });
  text.after(button, said);
}
