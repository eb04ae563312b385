// report.js -- tables sort by their heads; a figure's note shows on hover, tap and focus.
'use strict';

// "+4.1 % ▲", "[-1.2, +0.3]", "5,941": the first number; a cell without one goes to the end.
function valueOf(cell) {
  const found = cell.textContent.replace(/,(?=\d{3})/g, '').match(/[-+]?\d+(\.\d+)?/);
  return found ? Number(found[0]) : null;
}

function compare(left, right, isText) {
  if (isText) return left.textContent.localeCompare(right.textContent, 'en', {numeric: true});
  const a = valueOf(left), b = valueOf(right);
  if (a === null || b === null) return a === b ? 0 : null;
  return a - b;
}

// Rows move within their group, and what was published stays under the row that it is about.
function sort(table, column, descending, isText) {
  const groups = [[]];
  for (const row of table.tBodies[0].rows) {
    if (row.className === 'group') groups.push([[row]], []);
    else if (row.className === 'published' && groups.at(-1).length) groups.at(-1).at(-1).push(row);
    else groups.at(-1).push([row]);
  }
  for (const group of groups) {
    group.sort((left, right) => {
      const [a, b] = [left[0].cells[column], right[0].cells[column]];
      const order = compare(a, b, isText);
      if (order === null) return valueOf(a) === null ? 1 : -1;
      return descending ? -order : order;
    });
    for (const row of group.flat()) table.tBodies[0].append(row);
  }
}

document.addEventListener('click', (event) => {
  const head = event.target.closest('thead th');
  if (!head || !event.target.closest('button')) return;
  const descending = head.getAttribute('aria-sort') === 'ascending';
  for (const other of head.parentElement.cells) other.setAttribute('aria-sort', 'none');
  head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
  sort(head.closest('table'), head.cellIndex, descending, head.classList.contains('text'));
});

const note = document.createElement('div');
note.id = 'note';
note.setAttribute('role', 'tooltip');
note.hidden = true;
document.body.append(note);

function show(cell) {
  note.textContent = cell.dataset.note;
  note.hidden = false;
  cell.setAttribute('aria-describedby', 'note');
  const place = cell.getBoundingClientRect(), size = note.getBoundingClientRect();
  const below = place.bottom + 4 + size.height < innerHeight;
  note.style.top = `${below ? place.bottom + 4 : Math.max(0, place.top - size.height - 4)}px`;
  note.style.left = `${Math.max(4, Math.min(place.left, innerWidth - size.width - 8))}px`;
}

function hide() {
  note.hidden = true;
  document.querySelector('[aria-describedby=note]')?.removeAttribute('aria-describedby');
}

for (const [on, off] of [['pointerover', 'pointerout'], ['focusin', 'focusout']]) {
  document.addEventListener(on, (event) => {
    const cell = event.target.closest('[data-note]');
    if (cell) { hide(); show(cell); }
  });
  document.addEventListener(off, hide);
}
document.addEventListener('scroll', hide, {capture: true, passive: true});

for (const row of document.querySelectorAll('tr[data-note]')) {
  for (const cell of row.querySelectorAll('td')) {
    if (cell.textContent) cell.dataset.note = row.dataset.note;
  }
  row.removeAttribute('data-note');
}
for (const cell of document.querySelectorAll('[data-note]')) cell.tabIndex = -1;

// One stop of the tab key for each table; within it the arrow keys go from figure to figure.
for (const table of document.querySelectorAll('table')) {
  table.querySelector('[data-note]')?.setAttribute('tabindex', '0');
}
const STEPS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') hide();
  const cell = event.target.closest('[data-note]'), step = STEPS[event.key];
  if (!cell || !step) return;
  event.preventDefault();
  const rows = [...cell.closest('tbody').rows];
  let column = cell.cellIndex + step[0], row = rows.indexOf(cell.parentElement) + step[1];
  while (rows[row] && rows[row].cells[column] && !rows[row].cells[column].dataset.note) {
    column += step[0];
    row += step[1];
  }
  rows[row]?.cells[column]?.focus();
});

// The contents list marks what is being read, and moves along on a phone.
const nav = document.querySelector('nav');
function mark(link) {
  nav.querySelector('[aria-current]')?.removeAttribute('aria-current');
  link.setAttribute('aria-current', 'true');
  nav.scrollTo({left: link.offsetLeft - nav.clientWidth / 3, top: link.offsetTop - nav.clientHeight / 2});
}
if (nav) {
  const links = [...nav.querySelectorAll('a')];
  const observer = new IntersectionObserver((entries) => {
    for (const {target, isIntersecting} of entries) {
      if (isIntersecting) mark(links.find((link) => link.hash === `#${target.id}`) ?? links[0]);
    }
  }, {rootMargin: '-20% 0px -75% 0px'});
  for (const part of document.querySelectorAll('.answers, main > section')) observer.observe(part);
}

addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details')) details.open = true;
});
