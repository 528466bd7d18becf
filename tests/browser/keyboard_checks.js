// What the keyboard can't do on the open page. Evaluated in the page by test_keyboard.py.
// `note` begins to write down what the Tab key reaches; `faults` says afterwards what is wrong.
(() => {
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const brief = (element) => element.outerHTML.slice(0, 140).replace(/\s+/g, " ");
  const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const usable = (element) => shown(element) && !element.disabled && !element.closest("[inert], .plot");
  const controls = () => [...document.querySelectorAll(wanted)].filter(usable);
  // Of radio buttons with one name the Tab key reaches one, and the arrow keys the others.
  const group = (element) => (element.type === "radio" ? `${element.form?.id}/${element.name}` : element);
  const reached = new Set();

  const marked = (element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
  };
  // Whether something that stays in place, such as a sticky header, lies over the element.
  const covered = (element) => {
    const { left, top, right, bottom } = element.getClientRects()[0] ?? element.getBoundingClientRect();
    const at = document.elementFromPoint((left + right) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2);
    return !at || !(element.contains(at) || at.contains(element) || element.labels?.[0]?.contains(at));
  };

  return {
    note() {
      document.addEventListener("focusin", ({ target }) => reached.add(group(target)));
      // A date is day, month, year and a calendar to the Tab key.
      return controls().length + 3 * document.querySelectorAll("input[type=date]").length;
    },
    faults() {
      const found = [];
      for (const element of controls()) {
        if (!reached.has(group(element))) found.push(`the Tab key does not reach ${brief(element)}`);
        element.focus();
        if (document.activeElement !== element) found.push(`takes no focus: ${brief(element)}`);
        else if (!marked(element)) found.push(`its focus is not seen: ${brief(element)}`);
        else if (covered(element)) found.push(`hidden behind something when focused: ${brief(element)}`);
      }
      for (const element of document.querySelectorAll("body *")) {
        if (!shown(element) || getComputedStyle(element).cursor !== "pointer") continue;
        if (!element.closest(`${wanted}, label, .plot`)) found.push(`for the mouse alone: ${brief(element)}`);
      }
      return found;
    },
  };
})()
