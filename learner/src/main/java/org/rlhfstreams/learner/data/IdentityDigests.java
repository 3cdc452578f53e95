package org.rlhfstreams.learner.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Which ids have been seen, by 128 bits of their SHA-256 instead of the ids: 24 to 48 bytes an id,
 * however long it is. Among a thousand million ids the chance that any two are taken for one is
 * below 10⁻²⁰.
 */
public final class IdentityDigests implements SeenIds {
  private final MessageDigest digest;
  // Open addressing: two words a place, both 0 where it is free.
  private long[] places = new long[2 * 1024];
  private int size;

  public IdentityDigests() {
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public boolean add(String id) {
    ByteBuffer bytes = ByteBuffer.wrap(digest.digest(id.getBytes(StandardCharsets.UTF_8)));
    long high = bytes.getLong();
    long low = bytes.getLong();
    if (!put(high, high == 0 && low == 0 ? 1 : low)) {
      return false;
    }
    size++;
    if (size * 3L > places.length) { // two thirds of the places
      grow();
    }
    return true;
  }

  /** Whether an id has been noted. */
  public boolean contains(String id) {
    return !isFree(placeOf(id));
  }

  private int placeOf(String id) {
    ByteBuffer bytes = ByteBuffer.wrap(digest.digest(id.getBytes(StandardCharsets.UTF_8)));
    long high = bytes.getLong();
    long low = bytes.getLong();
    return find(high, high == 0 && low == 0 ? 1 : low);
  }

  @Override
  public void remove(String id) {
    int place = placeOf(id);
    if (isFree(place)) {
      return;
    }
    size--;
    free(place);
    int mask = places.length / 2 - 1;
    // Those behind it were put there since it was taken: they move up, or they would not be found.
    for (int next = (place + 1) & mask; !isFree(next); next = (next + 1) & mask) {
      long movedHigh = places[2 * next];
      long movedLow = places[2 * next + 1];
      free(next);
      put(movedHigh, movedLow);
    }
  }

  private boolean isFree(int place) {
    return places[2 * place] == 0 && places[2 * place + 1] == 0;
  }

  private void free(int place) {
    places[2 * place] = 0;
    places[2 * place + 1] = 0;
  }

  /** Where an id is, or would be put. */
  private int find(long high, long low) {
    int mask = places.length / 2 - 1;
    int place = (int) high & mask;
    while (!isFree(place) && (places[2 * place] != high || places[2 * place + 1] != low)) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private boolean put(long high, long low) {
    int place = find(high, low);
    if (!isFree(place)) {
      return false;
    }
    places[2 * place] = high;
    places[2 * place + 1] = low;
    return true;
  }

  private void grow() {
    long[] before = places;
    places = new long[Math.multiplyExact(before.length, 2)];
    for (int i = 0; i < before.length; i += 2) {
      if (before[i] != 0 || before[i + 1] != 0) {
        put(before[i], before[i + 1]);
      }
    }
  }
}
