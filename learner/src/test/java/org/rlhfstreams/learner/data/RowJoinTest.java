package org.rlhfstreams.learner.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.rlhfstreams.service.configuration.Truncation;

/** Both rules of TRL 1.16, whose collator takes a slice of the joined ids and of their mask. */
final class RowJoinTest {
  private static final int[] PROMPT = {1, 2, 3};
  private static final int[] RESPONSE = {4, 5, 6, 7};

  private static RowJoin.Joined join(int length, Truncation truncation) throws UnusableException {
    return new RowJoin(length, truncation).join(PROMPT, RESPONSE);
  }

  @Test
  void keepingTheStartCutsTheResponse() throws UnusableException {
    RowJoin.Joined joined = join(5, Truncation.KEEP_START);
    assertThat(joined.row().prompt()).containsExactly(1, 2, 3);
    assertThat(joined.row().response()).containsExactly(4, 5);
    assertThat(joined.truncatedRows()).isEqualTo(1);
  }

  @Test
  void keepingTheEndCutsThePrompt() throws UnusableException {
    RowJoin.Joined joined = join(5, Truncation.KEEP_END);
    assertThat(joined.row().prompt()).containsExactly(3);
    assertThat(joined.row().response()).containsExactly(4, 5, 6, 7);
    assertThat(joined.truncatedRows()).isEqualTo(1);
  }

  @Test
  void aResponseThatAloneIsTooLongKeepsItsEndAndItsFirstTokenIsRead() throws UnusableException {
    RowJoin.Joined joined = join(3, Truncation.KEEP_END);
    assertThat(joined.row().tokenIds()).containsExactly(5, 6, 7);
    assertThat(joined.row().response()).containsExactly(6, 7);
  }

  @Test
  void whatFitsIsLeftAlone() throws UnusableException {
    for (Truncation truncation : Truncation.values()) {
      RowJoin.Joined joined = join(7, truncation);
      assertThat(joined.row().tokenIds()).containsExactly(1, 2, 3, 4, 5, 6, 7);
      assertThat(joined.truncatedRows()).isZero();
    }
  }

  @Test
  void aPromptThatFillsTheLengthIsRefusedOnlyWhereTheStartIsKept() throws UnusableException {
    assertThatThrownBy(() -> join(3, Truncation.KEEP_START))
        .isInstanceOf(UnusableException.class)
        .hasMessageContaining("its prompt of 3 tokens");
    assertThat(join(2, Truncation.KEEP_END).row().tokenIds()).containsExactly(6, 7);
  }
}
