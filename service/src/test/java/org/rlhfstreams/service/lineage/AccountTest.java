package org.rlhfstreams.service.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.rlhfstreams.service.lineage.Account.Stage;

final class AccountTest {
  private final Account account = new Account();

  @Test
  void aRunInFullSwingBalances() {
    account.admit("learned", 2, true);
    for (int i = 0; i < 2; i++) {
      account.sample("learned/" + i, true);
      account.enter(Stage.SCORED, "learned/" + i);
      account.enter(Stage.LEARNED, "learned/" + i);
    }
    account.admit("with-a-worker", 1, false);
    account.admit("to-be-scored", 1, true);
    account.sample("to-be-scored/0", false);
    assertThat(account.balances()).isTrue();
    assertThat(account.requests()).isEqualTo(3);
    assertThat(account.count(Stage.ADMITTED)).isEqualTo(4);
    assertThat(account.count(Stage.SAMPLED)).isEqualTo(3);
    assertThat(account.count(Stage.SCORED)).isEqualTo(2);
    assertThat(account.count(Stage.LEARNED)).isEqualTo(2);
    assertThat(account.underWay()).isEqualTo(2);
  }

  @Test
  void whatWorkersAreDoneWithButNobodyHasIsLost() {
    account.admit("gone", 2, true);
    account.sample("gone/0", false);
    assertThat(account.lost()).containsExactly("gone/1");
    assertThat(account.balances()).isFalse();
  }

  @Test
  void whatScoringIsDoneWithButNobodyHasIsLost() {
    account.admit("gone", 1, true);
    account.sample("gone/0", true);
    assertThat(account.lost()).containsExactly("gone/0");
    assertThat(account.underWay()).isZero();
  }

  @Test
  void twoRolloutsOfOneResponseAreDoubled() {
    account.admit("twice", 1, true);
    account.sample("twice/0", true);
    account.sample("twice/0", true);
    account.enter(Stage.SCORED, "twice/0");
    assertThat(account.doubled()).containsExactly("twice/0");
    assertThat(account.balances()).isFalse();
  }

  @Test
  void aDeadLetterIsAnEndAndNotALoss() {
    account.admit("refused", 1, true);
    account.bury("refused/0");
    assertThat(account.balances()).isTrue();
    assertThat(account.dead()).isEqualTo(1);
    assertThat(account.underWay()).isZero();
  }

  @Test
  void whatNobodyAdmittedIsOnNoAccount() {
    account.sample("stray/0", true);
    assertThat(account.unasked()).isEqualTo(1);
    assertThat(account.count(Stage.SAMPLED)).isZero();
    assertThat(account.balances()).isTrue();
  }
}
