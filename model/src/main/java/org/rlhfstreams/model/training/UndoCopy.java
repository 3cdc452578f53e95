package org.rlhfstreams.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.torchscript.TorchScriptModule.Argument;

/**
 * A model's trained weights and its optimizer as they were, to go back to, bit for bit. The copy is
 * in native memory, as large as the weights and both moments; a later copy overwrites it, so memory
 * stays flat. Until the first one nothing is allocated.
 */
public final class UndoCopy implements AutoCloseable {
  private final TrainableModel model;
  private final NDManager manager = ComputeDevice.newManager();
  private final List<NDArray> kept = new ArrayList<>();
  private long step;

  /**
   * @param model not closed with this object
   */
  public UndoCopy(TrainableModel model) {
    this.model = model;
  }

  /** Remembers the model as it is now. */
  public void take() {
    if (kept.isEmpty()) {
      keep(model.weights().type(), model.weights().tensors());
      keep(model.optimizer().momentType(), model.optimizer().moments());
    } else {
      copy(kept, current());
    }
    step = model.optimizer().steps();
  }

  private void keep(ComputeType type, List<NDArray> tensors) {
    tensors.forEach(tensor -> kept.add(type.of(manager, tensor)));
  }

  private List<NDArray> current() {
    List<NDArray> current = new ArrayList<>(model.weights().tensors());
    current.addAll(model.optimizer().moments());
    return current;
  }

  /**
   * Brings the model back to when the copy was taken last; gradients accumulated since are dropped.
   *
   * @throws IllegalStateException if none was taken
   */
  public void restore() {
    if (kept.isEmpty()) {
      throw new IllegalStateException("no copy of the model was taken");
    }
    copy(current(), kept);
    model.broughtBack(step);
  }

  private void copy(List<NDArray> to, List<NDArray> from) {
    try (NDManager scope = manager.newSubManager()) {
      model.decoder().run("copy_all", scope, Argument.list(to), Argument.list(from));
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
