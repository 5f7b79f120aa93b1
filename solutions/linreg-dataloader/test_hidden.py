"""The hidden checks: other sizes and other data, and the notebook with little training and with none."""

import numpy as np
import torch

from grader import check, fetch, number, place


@check(points=1, title="split(n) is 60, 20 and 20 % of any n, and loses no example",
       zh="对任意的 n，split(n) 都是 60%、20%、20%，一个样本也不丢",
       hint="Three ints that add up to n: compute two of them and give the third what is left.",
       zh_hint="三个整数（int），加起来等于 n：先算出两个，剩下的都给第三个。")
def test_split(student):
    for n in (5, 10, 13, 997, 5 * int(torch.randint(20, 400, ())), int(torch.randint(100, 2000, ()))):
        sizes = student.split(n)
        assert isinstance(sizes, tuple | list) and len(sizes) == 3 and sum(sizes) == n
        for size, share in zip(sizes, (3, 1, 1)):
            assert isinstance(size, int | np.integer) and not isinstance(size, bool) and size >= 0
            assert abs(5 * size - share * n) <= (10 if n % 5 else 0)


def drawn(loader, n, size):
    """The numbers of the examples in each batch of one pass: what their labels say, and their features too."""
    batches = []
    for features, labels in loader:
        assert features.shape == (len(labels), 2) and labels.shape == (len(labels), 1)
        assert torch.equal(features, labels + torch.tensor([0.25, 0.5]))
        batches.append(labels.flatten().int().tolist())
    assert [len(batch) for batch in batches] == [size] * (n // size) + [n % size] * (n % size > 0)
    assert sorted(sum(batches, [])) == list(range(n))
    return batches


def twice(student, n, size, **keywords):
    """What a loader gives in two passes; it is a DataLoader, and leaves the tensors alone."""
    labels = torch.arange(float(n)).reshape(n, 1)
    arrays = labels + torch.tensor([0.25, 0.5]), labels
    held = tuple(place(student, each) for each in arrays)
    loader = student.load_array(held, size, **keywords)
    assert len(loader.dataset) == n and len(loader) == -(-n // size)
    passes = [drawn(loader, n, size) for _ in range(2)]
    assert all(torch.equal(fetch(there), here) for there, here in zip(held, arrays))
    return passes


@check(points=2, title="A training loader gives every example once, shuffled anew each time; the last batch is smaller",
       zh="训练用的加载器每次都重新打乱，每个样本恰好一次，最后一批小一些",
       hint="DataLoader(TensorDataset(*data_arrays), batch_size, shuffle=…) with shuffle on for training, and drop_last "
            "left off.",
       zh_hint="DataLoader(TensorDataset(*data_arrays), batch_size, shuffle=…)，训练时打乱，不要打开 drop_last。")
def test_training_batches(student):
    for n, size, keywords in ((53, 5, {}), (40, 8, {"is_train": True})):
        first, second = twice(student, n, size, **keywords)
        assert first != second
        assert any(max(batch) - min(batch) >= size for batch in first)


@check(points=1, title="With is_train=False a loader keeps the order", zh="is_train=False 时，加载器保持原来的顺序",
       hint="Shuffle only when is_train is True; keep the smaller last batch here as well.",
       zh_hint="只有 is_train 为 True 时才打乱；这里也要保留最后不足一批的样本。")
def test_order(student):
    for n, size in ((53, 5), (40, 8)):
        for batches in twice(student, n, size, is_train=False):
            assert sum(batches, []) == list(range(n))


def a_line(scale):
    """Three numbers, `scale` to twice that, of either sign: true_w and true_b of a rerun."""
    *w, b = (scale * (1 + torch.rand(3)) * (2 * torch.randint(0, 2, (3,)) - 1)).tolist()
    return w, b


def found(other):
    """The three numbers of the rerun's net, in float64."""
    layer = other.net[0]
    line = torch.cat([layer.weight.flatten(), layer.bias.flatten()]).detach().double()
    assert line.shape == (3,)
    return line


@check(points=1, title="Without training, test_loss is what an untrained net deserves", zh="完全不训练时，test_loss 就是未经训练的网络应有的损失",
       depends=["test_net"],
       hint="Measure test_loss after the loop: the mean squared error of the net's predictions on the whole test set. "
            "The loop runs num_epochs times, and 0 is a number too.",
       zh_hint="test_loss 要在循环之后计算：net 在整个测试集上预测值的均方误差。循环执行 num_epochs 次，0 次也是可以的。")
def test_untrained(rerun):
    w, b = a_line(3)
    other = rerun(true_w=w, true_b=b, n=10000, batch_size=20, num_epochs=0)
    # The mean squared error on any examples from N(0, 1); on 2000 of them off by at most 0.13 of it: 300 seeds.
    deserved = (found(other) - torch.tensor([*w, b])).square().sum().item()
    assert abs(number(other.test_loss) - deserved) <= 0.2 * deserved
    assert deserved >= 9  # nn.Linear starts within 0.71 of 0


@check(points=2, title="After one short epoch at a small rate, the net is on its way to another line",
       zh="以很小的学习率训练短短一轮之后，net 正走向另一条直线", depends=["test_net"],
       hint="Make the data from true_w, true_b and n; train on the training set for num_epochs epochs with batch_size and "
            "lr=learning_rate.",
       zh_hint="数据要由 true_w、true_b 和 n 生成；用 batch_size 和 lr=learning_rate，在训练集上训练 num_epochs 轮。")
def test_part_way(rerun):
    w, b = a_line(40)
    other = rerun(true_w=w, true_b=b, n=4000, batch_size=24, learning_rate=0.0005, num_epochs=1)
    part = found(other) / torch.tensor([*w, b])
    # 100 steps: plain SGD is 0.07 to 0.12 of the way, momentum 0.9 takes it to 0.70: 200 seeds. Rate 0.03 would arrive.
    assert part.min() >= 0.045
    assert part.max() <= 0.9
