package org.rlhfstreams.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.datasets.PromptDataset;
import org.rlhfstreams.events.Prompt;

/** The prompts of the demo with rules say what the rule asks for. */
final class VerifiablePromptsTest {
  private static List<Prompt> prompts(String file) {
    List<Prompt> prompts = new ArrayList<>();
    new PromptDataset(List.of(Path.of("..", "data", file)), Map.of())
        .requiring(List.of(DemoSettings.ANIMAL))
        .forEach(prompts::add);
    return prompts;
  }

  @Test
  void eachAsksForItsAnimalAndNoneIsShownThatWasLearnedFrom() {
    List<Prompt> train = prompts("animals-train.jsonl");
    List<Prompt> heldOut = prompts("animals-valid.jsonl");
    assertThat(train).hasSize(288).allSatisfy(VerifiablePromptsTest::requireItsAnimal);
    assertThat(heldOut).hasSize(12).allSatisfy(VerifiablePromptsTest::requireItsAnimal);
    assertThat(train)
        .extracting(Prompt::getText)
        .doesNotHaveDuplicates()
        .doesNotContainAnyElementsOf(heldOut.stream().map(Prompt::getText).toList());
  }

  /** Groups that meet in a batch are of several animals, so that no single one is learned. */
  @Test
  void neighboursAskForDifferentAnimals() {
    List<Prompt> train = prompts("animals-train.jsonl");
    for (int i = 0; i + 8 <= train.size(); i++) {
      assertThat(train.subList(i, i + 8))
          .extracting(prompt -> prompt.getMetadata().get(DemoSettings.ANIMAL))
          .doesNotHaveDuplicates();
    }
  }

  private static void requireItsAnimal(Prompt prompt) {
    assertThat(prompt.getText())
        .contains("wanted to see a " + prompt.getMetadata().get(DemoSettings.ANIMAL) + ".");
  }
}
