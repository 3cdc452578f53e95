package org.rlhfstreams.model.torchscript;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.rlhfstreams.model.ModelException;

final class BundledLibraryTest {
  @Test
  void aLibraryForGpusThatFindsNoneSaysWhatItNeeds() {
    assertThatThrownBy(() -> BundledLibrary.require("cu128", 0, ""))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("no GPU was found")
        .hasMessageContaining("12.8 or newer")
        .hasMessageContaining("libcudart");
    assertThatThrownBy(() -> BundledLibrary.require("cu128", 1, "120"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("CUDA is 12.0");
  }

  @Test
  void aRuntimeAsNewAsTheLibraryWillDo() {
    assertThatCode(() -> BundledLibrary.require("cu128", 1, "128")).doesNotThrowAnyException();
    assertThatCode(() -> BundledLibrary.require("cu128", 2, "130")).doesNotThrowAnyException();
    assertThatCode(() -> BundledLibrary.require("cpu", 0, "")).doesNotThrowAnyException();
  }
}
