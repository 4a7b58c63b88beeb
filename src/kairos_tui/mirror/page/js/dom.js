// Dom: elements and text, touched only when they change. Text is only ever textContent.
// Before it: nobody. After it: panels.

export const $ = (id) => document.getElementById(id);

export function el(tag, names = "", text = "") {
  const made = document.createElement(tag);
  if (names) made.className = names;
  if (text) made.textContent = text;
  return made;
}

export function put(node, text) {
  if (node.kText !== text) {
    node.kText = text;
    node.textContent = text;
  }
}

export function dress(node, names) {
  if (node.kClass !== names) {
    node.kClass = names;
    node.className = names;
  }
}

// Text and class at once: [text, ink].
export function ink(node, text, names) {
  put(node, text);
  dress(node, names);
}

export function attr(node, name, value) {
  const kept = (node.kAttrs ||= {});
  if (kept[name] === value) return;
  kept[name] = value;
  if (value == null) node.removeAttribute(name);
  else node.setAttribute(name, value);
}

export const show = (node, on) => {
  if (node.hidden === on) node.hidden = !on;
};

// A row of spans made from [text, ink] pairs, rebuilt only when it reads differently.
export function segments(node, pieces) {
  const key = pieces.map((piece) => piece.join("\u0001")).join("\u0002");
  if (node.kText === key) return;
  node.kText = key;
  node.replaceChildren(...pieces.map(([text, names]) => el("span", names, text)));
}

// As many children as items, made once and kept.
export function sized(parent, length, make) {
  while (parent.children.length < length) parent.append(make(parent.children.length));
  while (parent.children.length > length) parent.lastElementChild.remove();
  return parent.children;
}
