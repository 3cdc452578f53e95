package org.rlhfstreams.model.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What runs through the decoder as one sequence: a prompt, and the responses of one or more rows to
 * it. Each response sees the prompt and itself, and counts its positions from the prompt's end.
 */
final class TokenSequence {
  private final int[] prompt;
  private final List<Member> members = new ArrayList<>();
  private int length;

  /**
   * A row's place.
   *
   * @param row index among all rows of the pass
   * @param start index of the response's first token in the sequence
   */
  record Member(int row, int start, int[] response) {}

  TokenSequence(int row, TokenRow tokens) {
    this.prompt = tokens.prompt();
    this.length = prompt.length;
    add(row, tokens);
  }

  void add(int row, TokenRow tokens) {
    int[] response = tokens.response();
    members.add(new Member(row, length, response));
    length += response.length;
  }

  boolean hasPromptOf(TokenRow tokens) {
    return Arrays.equals(prompt, tokens.prompt());
  }

  List<Member> members() {
    return members;
  }

  int promptLength() {
    return prompt.length;
  }

  int length() {
    return length;
  }

  boolean shared() {
    return members.size() > 1;
  }

  long[] tokenIds() {
    long[] ids = new long[length];
    for (int i = 0; i < prompt.length; i++) {
      ids[i] = prompt[i];
    }
    for (Member member : members) {
      for (int i = 0; i < member.response().length; i++) {
        ids[member.start() + i] = member.response()[i];
      }
    }
    return ids;
  }

  long[] positions() {
    long[] positions = new long[length];
    for (int i = 0; i < prompt.length; i++) {
      positions[i] = i;
    }
    for (Member member : members) {
      for (int i = 0; i < member.response().length; i++) {
        positions[member.start() + i] = prompt.length + (long) i;
      }
    }
    return positions;
  }

  /** 0 for the prompt, then 1, 2, ... a response. */
  long[] segments() {
    long[] segments = new long[length];
    for (int m = 0; m < members.size(); m++) {
      int start = members.get(m).start();
      Arrays.fill(segments, start, start + members.get(m).response().length, m + 1L);
    }
    return segments;
  }
}
