package org.rlhfstreams.model.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Names in the source of a script. */
final class SourceNamesTest {
  @Test
  void namesOfCodeAreReplacedAndCommentsStay() {
    SourceNames names = new SourceNames(Map.of("Q_PROJ", "1", "Q_PROJ_BIAS", "9"));
    assertThat(names.resolve("a.py", "w[o + Q_PROJ] # Q_PROJ\nb: Tensor = w[o + Q_PROJ_BIAS]"))
        .isEqualTo("w[o + 1] # Q_PROJ\nb: Tensor = w[o + 9]\n");
  }

  @Test
  void elementTypesAreKnownToEveryScript() {
    assertThat(new SourceNames(Map.of()).resolve("a.py", "torch.to(x, BFLOAT16)"))
        .isEqualTo("torch.to(x, 15)\n");
  }

  @Test
  void anUnknownNameIsAnErrorThatSaysWhere() {
    SourceNames names = new SourceNames(Map.of("Q_PROJ", "1"));
    assertThatThrownBy(() -> names.resolve("a.py", "x = 1\ny = w[Q_PROJECTION]"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a.py:2 uses Q_PROJECTION")
        .hasMessageContaining("Q_PROJ");
  }
}
