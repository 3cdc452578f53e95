package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;

/** Several responses with their scores: the best against the worst. */
final class ScoredShape implements PreferenceShape {
  @Override
  public String name() {
    return "scored responses (prompt, responses, scores)";
  }

  @Override
  public boolean fits(Set<String> columns) {
    return Prompts.present(columns) && columns.contains("responses") && columns.contains("scores");
  }

  @Override
  public boolean reads(String column, Set<String> columns) {
    return List.of("responses", "scores").contains(column)
        || Prompts.reads(columns, column)
        || TemplateColumns.reads(column);
  }

  @Override
  public Content content(DataRow row) throws BadRowException {
    JsonNode responses = row.list("responses");
    JsonNode scores = row.list("scores");
    if (responses.size() != scores.size()) {
      throw new BadRowException("wrong type", "responses and scores must be lists of one length");
    }
    if (responses.size() < 2) {
      throw new BadRowException("too few responses", "it takes two responses to compare");
    }
    int best = 0;
    int worst = 0;
    for (int i = 0; i < scores.size(); i++) {
      if (!responses.get(i).isTextual() || !isNumber(scores.get(i))) {
        throw new BadRowException(
            "wrong type", "responses must be texts and scores finite numbers; see index " + i);
      }
      best = score(scores, i) > score(scores, best) ? i : best;
      worst = score(scores, i) < score(scores, worst) ? i : worst;
    }
    double margin = score(scores, best) - score(scores, worst);
    if (!Float.isFinite((float) margin)) {
      throw new BadRowException(
          "margin not finite",
          "its best and worst score are further apart than a 32-bit float can hold: scale them");
    }
    if (margin == 0) {
      throw new BadRowException("all scores equal", "all responses have the same score");
    }
    return Content.after(row, responses.get(best).asText(), responses.get(worst).asText())
        .withMargin(margin);
  }

  private static boolean isNumber(JsonNode score) {
    return (score.isNumber() || score.isTextual()) && Double.isFinite(score.asDouble(Double.NaN));
  }

  private static double score(JsonNode scores, int index) {
    return scores.get(index).asDouble();
  }
}
