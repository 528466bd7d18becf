// Copies the code beside a button marked data-copy: its lines without numbers and remarks.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const lines = [...button.parentElement.querySelectorAll(".src")].map((line) => line.textContent);
  try {
    await navigator.clipboard.writeText(`${lines.join("\n")}\n`);
    button.textContent = "Copied";
  } catch {
    // No clipboard outside of https and localhost: select the code, so that the keyboard can copy it.
    getSelection().selectAllChildren(button.parentElement);
    button.textContent = "Selected: press Ctrl C";
  }
  setTimeout(() => (button.textContent = "Copy"), 2000);
});
