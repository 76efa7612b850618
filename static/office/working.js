// Says that a form is at work while its answer takes seconds, and keeps it from being sent twice. Without this the
// browser's own sign is what there is.
for (const form of document.querySelectorAll("form[data-working]")) {
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", form.dataset.working);
  bar.hidden = true;
  form.append(said, bar);
  const show = (isAtWork) => {
    said.textContent = isAtWork ? form.dataset.working : "";
    bar.hidden = !isAtWork;
    for (const button of form.querySelectorAll("button")) button.disabled = isAtWork;
  };
  form.addEventListener("submit", () => setTimeout(show, 0, true)); // after the button's own value has been taken
  addEventListener("pageshow", (event) => event.persisted && show(false)); // back by the browser's arrow
}
