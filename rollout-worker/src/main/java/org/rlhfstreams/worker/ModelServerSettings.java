package org.rlhfstreams.worker;

/**
 * Where a model is served, and how much at once.
 *
 * @param name that requests may name the model by
 * @param host address to listen on
 * @param port 0 takes a free one
 * @param portSetting the setting that names another port, for messages
 * @param slots completions written side by side, 1 or more
 * @param slotsSetting the setting that names another number of them, for messages
 * @param queue completions that may wait besides, 0 or more
 * @param queueSetting the setting that names another length of the queue, for messages
 * @param device auto, cpu, cuda or cuda:N
 * @param goOn whether too little memory is only said
 */
public record ModelServerSettings(
    String name,
    String host,
    int port,
    String portSetting,
    int slots,
    String slotsSetting,
    int queue,
    String queueSetting,
    String device,
    boolean goOn) {}
