// Which words of two texts the other one lacks: the longest common subsequence of words, by Myers'
// greedy algorithm.

const MOST_EDITS = 1200;

// Scripts without spaces compare character by character.
const WORD = new RegExp(
  "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}]"
  + "|[[\\p{L}\\p{N}\\p{M}_'\u2019]--[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}"
  + "\\p{Script=Thai}]]+"
  + "|[^\\s]",
  "gv");

function words(text) {
  return Array.from(text.matchAll(WORD), (match) => ({ word: match[0], at: match.index }));
}

/** Pairs [index in left, index in right] of equal words, both rising. */
export function commonPairs(left, right) {
  const pairs = [];
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) {
    pairs.push([start, start]);
    start++;
  }
  let leftEnd = left.length;
  let rightEnd = right.length;
  const tail = [];
  while (leftEnd > start && rightEnd > start && left[leftEnd - 1] === right[rightEnd - 1]) {
    tail.push([--leftEnd, --rightEnd]);
  }
  const middle = shortestScript(left.slice(start, leftEnd), right.slice(start, rightEnd));
  for (const [first, second] of middle) {
    pairs.push([first + start, second + start]);
  }
  return pairs.concat(tail.reverse());
}

function shortestScript(left, right) {
  const most = Math.min(left.length + right.length, MOST_EDITS);
  const furthest = new Map([[1, 0]]);
  const trace = [];
  for (let edits = 0; edits <= most; edits++) {
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down = diagonal === -edits
        || (diagonal !== edits && furthest.get(diagonal - 1) < furthest.get(diagonal + 1));
      let first = down ? furthest.get(diagonal + 1) : furthest.get(diagonal - 1) + 1;
      let second = first - diagonal;
      while (first < left.length && second < right.length && left[first] === right[second]) {
        first++;
        second++;
      }
      furthest.set(diagonal, first);
      if (first >= left.length && second >= right.length) {
        return walkBack(trace, left.length, right.length);
      }
    }
    trace.push(Int32Array.from(
      { length: 2 * edits + 1 }, (_, index) => furthest.get(index - edits) ?? -1));
  }
  // So different that marking single words would help nobody.
  return [];
}

function walkBack(trace, leftLength, rightLength) {
  const pairs = [];
  let first = leftLength;
  let second = rightLength;
  for (let edits = trace.length; edits > 0; edits--) {
    const furthest = (diagonal) =>
      Math.abs(diagonal) > edits - 1 ? -1 : trace[edits - 1][diagonal + edits - 1];
    const diagonal = first - second;
    const down = diagonal === -edits
      || (diagonal !== edits && furthest(diagonal - 1) < furthest(diagonal + 1));
    const previousFirst = furthest(down ? diagonal + 1 : diagonal - 1);
    const previousSecond = previousFirst - (down ? diagonal + 1 : diagonal - 1);
    const afterFirst = down ? previousFirst : previousFirst + 1;
    while (first > afterFirst) {
      pairs.push([--first, --second]);
    }
    first = previousFirst;
    second = previousSecond;
  }
  while (first > 0 && second > 0) {
    pairs.push([--first, --second]);
  }
  return pairs.reverse();
}

/** Pairs without lone short words between two changes, which only make the picture restless. */
function calm(pairs, left) {
  return pairs.filter(([first, second], index) => {
    const before = pairs[index - 1] ?? [-1, -1];
    const after = pairs[index + 1];
    const lone = first - before[0] > 1 && second - before[1] > 1
      && after && after[0] - first > 1 && after[1] - second > 1;
    return !lone || left[first].length > 3;
  });
}

function parts(text, tokens, common) {
  const result = [];
  let at = 0;
  const push = (end, only) => {
    if (end > at) {
      const last = result.at(-1);
      if (last && last.only === only) {
        last.text += text.slice(at, end);
      } else {
        result.push({ text: text.slice(at, end), only });
      }
      at = end;
    }
  };
  tokens.forEach(({ word, at: start }, index) => {
    const only = !common.has(index);
    // The space between two marked words is marked too.
    push(start, only && index > 0 && !common.has(index - 1));
    push(start + word.length, only);
  });
  push(text.length, false);
  return result;
}

/** Both texts as parts {text, only}: only is true where the other text lacks the words. */
export function difference(left, right) {
  const leftTokens = words(left);
  const rightTokens = words(right);
  const leftWords = leftTokens.map(({ word }) => word);
  const pairs = calm(commonPairs(leftWords, rightTokens.map(({ word }) => word)), leftWords);
  return {
    left: parts(left, leftTokens, new Set(pairs.map(([first]) => first))),
    right: parts(right, rightTokens, new Set(pairs.map(([, second]) => second))),
  };
}
