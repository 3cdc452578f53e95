const style = getComputedStyle(document.documentElement);
const colour = name => style.getPropertyValue(name).trim();
const element = (name, text, parent, cls) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (cls) made.className = cls;
  parent.append(made);
  return made;
};
const figure = (value, label) => {
  const item = element('li', undefined, document.getElementById('figures'));
  element('b', value, item);
  element('span', label, item);
};
const chart = (title, x, y, options = {}) => {
  const card = element('div', undefined, document.getElementById('charts'), 'chart');
  element('h3', title, card);
  const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line') } };
  new uPlot({
    width: 300, height: options.xLabel ? 210 : 170,
    scales: { x: { time: false, ...options.xScale }, y: { ...options.yScale } },
    axes: [{ ...axis, ...(options.xLabel && { label: options.xLabel, labelSize: 20 }) }, { ...axis, size: 52 }],
    series: [
      { label: options.xName ?? 'step' },
      { label: options.yName ?? title.split(',')[0], stroke: colour('--curve'), width: 2, value: (u, v) => v == null ? '' : v.toFixed(3), ...options.series },
    ],
    hooks: options.hooks ?? {},
  }, [x, y], card);
};
const sides = (prompt, texts) => {
  const card = element('div', undefined, document.getElementById('stories'), 'story');
  element('p', prompt, card, 'prompt');
  const row = element('div', undefined, card, 'sides');
  for (const [label, text] of texts) {
    const side = element('div', undefined, row);
    element('span', label, side, 'label');
    element('p', text.trim(), side);
  }
};
const versions = known => {
  document.getElementById('versions').textContent = Object.entries(known).map(([k, v]) => `${k} ${v}`).join('\n');
};
