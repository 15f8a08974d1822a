// Asked of a page by `chromium.rs` and what belongs to it: finding things by the words people see, and
// what is wrong with the page for people who see badly or use no mouse.
(() => {
  const words = (e) => e.innerText.trim().replace(/\s+/g, ' ');
  const visible = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
  // An unfolded part of the page, or the form one fills in, is where one is, as long as it is there.
  const inside = () => (window.gjInside?.isConnected ? window.gjInside : document);
  window.gjFind = (kind, text) => {
    const at = (root) => [...root.querySelectorAll(kind)].filter((e) => visible(e) && words(e) === text);
    const near = kind === 'summary' ? [] : at(inside());
    return near[0] ?? at(document)[0];
  };
  window.gjField = (text) => {
    const at = (root) => [...root.querySelectorAll('label')].filter((e) => visible(e) && words(e) === text);
    return (at(inside())[0] ?? at(document)[0])?.control;
  };
  window.gjSteps = (field, text) => {
    const options = [...field.options].map((o) => o.label.trim());
    const at = options.findIndex((o) => o === text || o.startsWith(text + ' '));
    return at < 0 ? options.join(' | ') : at - field.selectedIndex;
  };
  window.gjPoint = (e) => {
    if (!e) return 'it is not there';
    e.scrollIntoView({ block: 'center', behavior: 'instant' });
    const box = e.getClientRects()[0];
    const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const top = document.elementFromPoint(point.x, point.y);
    return top && (e.contains(top) || top.contains(e)) ? point : `covered by ${top?.outerHTML.slice(0, 80)}`;
  };

  const focusable = 'a[href], button, input:not([type="hidden"]), select, textarea, summary, [tabindex="0"]';
  window.gjStart = () => {
    window.gjControls = [...document.querySelectorAll(focusable)].filter((e) => visible(e) && !e.disabled);
    window.gjControls[0].focus();
    return window.gjControls.length;
  };
  window.gjFocus = () => {
    const at = document.activeElement;
    const place = window.gjControls.indexOf(at);
    const style = getComputedStyle(at);
    const shown = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return { place: place < 0 ? null : place, shown, words: at.outerHTML.slice(0, 100) };
  };

  const parse = (color) => {
    const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const over = (front, back) => front.slice(0, 3).map((c, n) => c * front[3] + back[n] * (1 - front[3]));
  const background = (e) => {
    if (!e) return [255, 255, 255];
    const own = parse(getComputedStyle(e).backgroundColor);
    return own[3] === 1 ? own.slice(0, 3) : over(own, background(e.parentElement));
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  // Everything that is wrong with the page, as sentences.
  window.gjWrong = () => {
    const wrong = [];
    const say = (condition, sentence) => condition || wrong.push(sentence);
    const all = (kind) => [...document.querySelectorAll(kind)];
    say(['ja', 'en'].includes(document.documentElement.lang), 'no language');
    say(document.title.length > ' | Genomics Japan'.length, 'no title');
    const levels = all('h1, h2, h3, h4').filter(visible).map((h) => Number(h.tagName[1]));
    say(levels.filter((level) => level === 1).length === 1 && levels[0] === 1, `headings ${levels}`);
    levels.forEach((level, n) => say(n === 0 || level <= levels[n - 1] + 1, `headings ${levels}`));
    say(all('main').length === 1 && all('nav').every((n) => n.getAttribute('aria-label')), 'landmarks');
    const ids = all('[id]').map((e) => e.id);
    ids.forEach((id, n) => say(ids.indexOf(id) === n, `two things are #${id}`));
    for (const e of all('[aria-labelledby]'))
      say(document.getElementById(e.getAttribute('aria-labelledby')), `no label for ${e.outerHTML.slice(0, 80)}`);
    for (const e of all('input:not([type="hidden"]), select, textarea'))
      say([...e.labels].some((l) => words(l) || !visible(e)), `no label: ${e.outerHTML.slice(0, 80)}`);
    for (const e of all('a, button, summary')) say(words(e) || !visible(e), `no words: ${e.outerHTML.slice(0, 80)}`);
    for (const e of all('th')) say(e.scope, `a heading of what? ${e.outerHTML.slice(0, 80)}`);
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const e = texts.currentNode.parentElement;
      if (!texts.currentNode.data.trim() || !visible(e)) continue;
      const style = getComputedStyle(e);
      const back = background(e);
      const ink = e instanceof SVGElement ? style.fill : style.color;
      const ratio = contrast(over(parse(ink), back), back);
      say(ratio >= 4.5, `contrast ${ratio.toFixed(1)} of “${texts.currentNode.data.trim().slice(0, 40)}”`);
      say(parseFloat(style.fontSize) >= 12, `small print “${texts.currentNode.data.trim().slice(0, 40)}”`);
    }
    return wrong;
  };
  return true;
})();
