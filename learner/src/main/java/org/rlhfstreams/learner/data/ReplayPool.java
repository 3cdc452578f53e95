package org.rlhfstreams.learner.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A fair sample, of bounded size, of all rows that came: those whose hashes by seed and id are the
 * smallest. It follows from the rows that came and went, in their order, and from nothing else.
 *
 * @param <E> the kind of example
 */
public final class ReplayPool<E> {
  private final int size;
  private final long seed;
  private final TreeMap<Key, List<E>> rows = new TreeMap<>();

  private record Key(long hash, String id) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byHash = Long.compare(hash, other.hash);
      return byHash != 0 ? byHash : id.compareTo(other.id);
    }
  }

  /**
   * @param size rows, at most
   */
  public ReplayPool(int size, long seed) {
    this.size = size;
    this.seed = seed;
  }

  private Key key(String id) {
    return new Key(new SplittableRandom(37 * seed + id.hashCode()).split().nextLong(), id);
  }

  /** Whether a row that comes now is kept. */
  public boolean takes(String id) {
    return rows.size() < size || key(id).compareTo(rows.lastKey()) < 0;
  }

  /** Takes a row, or lets it pass. */
  public void add(String id, List<E> examples) {
    rows.put(key(id), List.copyOf(examples));
    if (rows.size() > size) {
      rows.pollLastEntry();
    }
  }

  /** Drops a row, where it is kept. */
  public void remove(String id) {
    rows.remove(key(id));
  }

  /** Drops all. */
  public void clear() {
    rows.clear();
  }

  /**
   * Draws examples, none twice.
   *
   * @param count how many, where there are as many
   * @param except rows that are not to be among them
   * @param draw what tells this draw from others
   */
  public List<E> draw(int count, Set<String> except, long draw) {
    if (count == 0) {
      return List.of();
    }
    List<E> candidates = new ArrayList<>();
    rows.forEach(
        (key, examples) -> {
          if (!except.contains(key.id())) {
            candidates.addAll(examples);
          }
        });
    SplittableRandom random = new SplittableRandom(41 * seed + draw);
    int drawn = Math.min(count, candidates.size());
    for (int i = 0; i < drawn; i++) {
      int j = random.nextInt(i, candidates.size());
      E moved = candidates.get(i);
      candidates.set(i, candidates.get(j));
      candidates.set(j, moved);
    }
    return List.copyOf(candidates.subList(0, drawn));
  }
}
