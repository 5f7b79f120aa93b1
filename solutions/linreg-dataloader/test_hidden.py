"""The hidden checks: other sizes and data, the loader's shuffling, and the notebook with other sets and batches."""

import itertools

import numpy as np
import torch

from grader import check, fetch, number, place, same, shape_of, within


@check(points=1, title="split(n) is 60, 20 and 20 % of any n, and loses no example",
       zh="对任意的 n，split(n) 都是 60%、20%、20%，一个样本也不丢",
       hint="Three ints that add up to n: compute two of them and give the third what is left.",
       zh_hint="三个整数（int），加起来等于 n：先算出两个，剩下的都给第三个。")
def test_split(student):
    for n in (5, 10, 13, 997, 5 * int(torch.randint(20, 400, ())), int(torch.randint(100, 2000, ())), 1, 2):
        sizes = student.split(n)
        assert isinstance(sizes, tuple | list) and len(sizes) == 3 and sum(sizes) == n
        for index, (size, share) in enumerate(zip(sizes, (3, 1, 1))):
            assert isinstance(size, int | np.integer) and not isinstance(size, bool) and size >= 0
            same(size, share * n / 5, atol=2 if n % 5 else 0, what=f"split({n})[{index}]")


def drawn(loader, n, size):
    """The numbers of the examples in each batch of one pass: what their labels say, and the other tensors too."""
    batches = []
    for features, labels, *places in loader:
        shape_of(features, (len(labels), 2), what="features of a batch")
        shape_of(labels, (len(labels), 1), what="labels of a batch")
        assert torch.equal(features, labels + torch.tensor([0.25, 0.5]))
        assert all(torch.equal(each, labels.flatten().int()) for each in places)
        batches.append(labels.flatten().int().tolist())
    same([len(batch) for batch in batches], [size] * (n // size) + [n % size] * (n % size > 0), what="sizes of the batches")
    assert sorted(sum(batches, [])) == list(range(n))
    return batches


def twice(student, n, size, third=False, **keywords):
    """What a loader of two or three tensors gives in two passes; it is a DataLoader, and leaves the tensors alone."""
    labels = torch.arange(float(n)).reshape(n, 1)
    arrays = (labels + torch.tensor([0.25, 0.5]), labels) + ((labels.flatten().int(),) if third else ())
    held = tuple(place(student, each) for each in arrays)
    loader = student.load_array(held, size, **keywords)
    assert len(loader.dataset) == n and len(loader) == -(-n // size)
    assert all(len(batch) == len(arrays) for batch in loader)
    passes = [drawn(loader, n, size) for _ in range(2)]
    assert all(torch.equal(fetch(there), here) for there, here in zip(held, arrays))
    return passes


def is_shuffled(order):
    """Whether a permutation of 0, 1, … looks drawn at random, as all but one in a hundred thousand do.

    Neighbours must not stay neighbours (a cut deck, blocks, a riffle, batches that stay together), and the order must
    not follow the numbers (a small window). 3,000 random ones of 203: 16 ± 4 near pairs of 802, at most 31, and a
    correlation of at most 0.28; of 160 at most 0.30.
    """
    near = sum(abs(order[i] - order[i + gap]) <= 2 for gap in range(1, 5) for i in range(len(order) - gap))
    along = abs(np.corrcoef(range(len(order)), order)[0, 1])
    return near <= 45 and along <= 0.37


@check(points=1, title="A training loader gives every example once, shuffled anew each time; the last batch is smaller",
       zh="训练用的加载器每次都重新打乱，每个样本恰好一次，最后一批小一些",
       hint="DataLoader(TensorDataset(*data_arrays), batch_size, shuffle=…) with shuffle on for training, and drop_last "
            "left off.",
       zh_hint="DataLoader(TensorDataset(*data_arrays), batch_size, shuffle=…)，训练时打乱，不要打开 drop_last。")
def test_training_batches(student):
    for n, size, keywords in ((203, 8, {"third": True}), (160, 8, {"is_train": True})):
        first, second = (sum(batches, []) for batches in twice(student, n, size, **keywords))
        assert is_shuffled(first) and is_shuffled(second)
        places = np.argsort(first)  # where each example came in the first pass
        assert is_shuffled([int(places[example]) for example in second])


@check(points=1, title="With is_train=False a loader keeps the order", zh="is_train=False 时，加载器保持原来的顺序",
       hint="Shuffle only when is_train is True; keep the smaller last batch here as well.",
       zh_hint="只有 is_train 为 True 时才打乱；这里也要保留最后不足一批的样本。")
def test_order(student):
    for n, size in ((53, 5), (40, 8)):
        for batches in twice(student, n, size, is_train=False):
            assert sum(batches, []) == list(range(n))
    others = torch.full((40, 2), 7.0), torch.full((40, 1), 7.0)  # of the same shapes
    assert all((part == 7).all() for batch in student.load_array(others, 8, is_train=False) for part in batch)


def a_line(scale):
    """Three numbers, `scale` to twice that, of either sign: true_w and true_b of a rerun."""
    *w, b = (scale * (1 + torch.rand(3)) * (2 * torch.randint(0, 2, (3,)) - 1)).tolist()
    return w, b


def found(other):
    """The three numbers of the rerun's net, as its outputs show them, in float64."""
    kinds = [value.dtype for _, value in other.net.state_dict().items() if value.is_floating_point()]
    at = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], dtype=kinds[0])
    height, *ends = other.net(at).detach().double().flatten().tolist()
    return torch.tensor([*(end - height for end in ends), height], dtype=torch.float64)


def set_of(other, name):
    """A set of the rerun: an (n, 3) tensor of features and a 1, and an (n,) tensor of labels, in float64.

    None if there is no such set under the stub's name, as a pair of matrices, a dataset or a loader: a student may cut
    the data in other ways, and labels that are no column show elsewhere.
    """
    try:
        pairs = list(getattr(other, name))
        if all(isinstance(each, torch.Tensor) for each in pairs):
            features, labels = pairs
            assert labels.ndim == 2
        else:
            features = torch.cat([x.reshape(-1, 2) for x, _ in pairs])
            labels = torch.cat([y.reshape(-1, 1) for _, y in pairs])
        inputs = torch.cat([features, torch.ones(len(labels), 1)], dim=1)
    except Exception:  # whatever else goes by this name
        return None
    return inputs.detach().double(), labels.detach().double().flatten()


def loss_on(examples, line):
    """The mean squared error of a line on a set."""
    inputs, labels = examples
    return (inputs @ line - labels).square().mean().item()


def least_squares(inputs, labels):
    """The line of least squares of a set."""
    return torch.linalg.lstsq(inputs, labels.reshape(-1, 1)).solution.flatten()


@check(points=1, title="test_loss is the net's mean squared error on the test set, also without any training",
       zh="test_loss 就是 net 在测试集上的均方误差，完全不训练时也是",
       hint="Measure test_loss after the loop: the mean squared error of the net's predictions on the whole test set. "
            "The loop runs num_epochs times, and 0 is a number too.",
       zh_hint="test_loss 要在循环之后计算：net 在整个测试集上预测值的均方误差。循环执行 num_epochs 次，0 次也是可以的。")
def test_untrained(rerun):
    w, b = a_line(3)
    other = rerun(true_w=w, true_b=b, n=10000, batch_size=24, num_epochs=0)
    line, loss = found(other), number(other.test_loss)
    # The mean squared error on any examples from N(0, 1); on 2000 of them off by at most 0.13 of it: 300 seeds.
    deserved = (line - torch.tensor([*w, b])).square().sum().item()
    same(loss, deserved, rtol=0.2, what="test_loss without training")
    within(deserved, 9, None, what="the untrained net's mean squared error")  # nn.Linear starts within 0.71 of 0
    examples = set_of(other, "test")
    if examples is not None:
        # Other sets of this size differ by 0.03 of it, the mean over batches of which the last is smaller by 0.001.
        same(loss, loss_on(examples, line), atol=1e-4 * loss, what="test_loss without training")


def is_normal(values, deviation):
    """Whether numbers look drawn from a normal distribution: their fourth moment is three times the square of the second.

    Of 2400 it is 3 ± 0.1 times that; 1.8 for uniform ones, 2.4 for sums of two, 6 for Laplace's. Another standard
    deviation is another check's concern.
    """
    apart = values - values.mean()
    if not deviation / 2 <= apart.std() <= 2 * deviation:
        return True
    return abs(apart.pow(4).mean() / apart.square().mean() ** 2 - 3) <= 0.5


@check(points=1, title="Features and noise are normal, and after one short epoch at a small rate the net is on its way to another line",
       zh="特征和噪声服从正态分布；以很小的学习率训练短短一轮之后，net 正走向另一条直线",
       hint="Draw features and noise with torch.randn or torch.normal; make the labels from true_w, true_b and n; train on the training set for num_epochs epochs with batch_size and "
            "lr=learning_rate.",
       zh_hint="特征和噪声用 torch.randn 或 torch.normal 生成；标签由 true_w、true_b 得出，共 n 个；用 batch_size 和 lr=learning_rate，在训练集上训练 num_epochs 轮。")
def test_part_way(rerun):
    w, b = a_line(40)
    other = rerun(true_w=w, true_b=b, n=4000, batch_size=24, learning_rate=0.0005, num_epochs=1)
    parts = found(other) / torch.tensor([*w, b])
    # 100 steps: plain SGD is 0.07 to 0.12 of the way, a rate that falls to 0 leads to half of that, momentum 0.9 takes
    # it to 0.70: 200 seeds. Rate 0.03 would arrive.
    for name, part in zip(("w[0]", "w[1]", "b"), parts.tolist()):
        within(part, 0.02, 0.9, what=f"the part of its way that {name} has gone")

    examples = set_of(other, "train")
    if examples is not None:
        inputs, labels = examples
        noise = labels - inputs @ torch.tensor([*w, b], dtype=torch.float64)
        assert is_normal(inputs[:, :2].flatten(), 1) and is_normal(noise, 0.01)


def in_order(examples, batch_size, rate):
    """Where plain steps lead from 0 that take the examples in batches, in order."""
    line = torch.zeros(3, dtype=torch.float64)
    for inputs, labels in zip(*(each.split(batch_size) for each in examples)):
        line = line - 2 * rate * inputs.T @ (inputs @ line - labels) / len(labels)
    return line


# Of a height of a million or two, in float32: repeated batches end within 0.6 of where they lead (40 seeds), fresh ones at
# least 78 away (40 seeds).
SAME = 5


def repeated(examples, batch_size, rate):
    """Where plain steps lead from 0 in three epochs of the same two batches: a row for each choice of them and their order."""
    count = len(examples[1])
    chosen = torch.tensor(list(itertools.combinations(range(count), batch_size)))
    others = torch.tensor([sorted({*range(count)} - {*one}) for one in chosen.tolist()])
    ends = []
    for swaps in itertools.product((False, True), repeat=2):
        lines = torch.zeros(len(chosen), 3, dtype=torch.float64)
        for swap in (False, *swaps):
            for places in (others, chosen) if swap else (chosen, others):
                inputs, labels = (each[places] for each in examples)
                errors = torch.einsum("knj,kj->kn", inputs, lines) - labels
                lines = lines - 2 * rate * torch.einsum("knj,kn->kj", inputs, errors) / batch_size
        ends.append(lines)
    return torch.cat(ends)


@check(points=1, title="An epoch takes each batch of the training set once, shuffled anew, at the notebook's rate",
       zh="每一轮按笔记本里的学习率，把重新打乱的训练集的每个小批量恰好用一次",
       hint="batches = load_array(train, batch_size): the training set alone, shuffled. In every epoch go through that loader itself, "
            "no list of its batches. For every batch clear the gradients and step once, at learning_rate, on its nn.MSELoss().",
       zh_hint="batches = load_array(train, batch_size)：只用训练集，并且打乱。每一轮都遍历这个加载器本身，不要先把小批量存成列表。"
               "对每个小批量，先清零梯度，再用 nn.MSELoss() 和 learning_rate 更新一次，不要跳过。")
def test_epoch(rerun):
    # With a height of a million, only the height counts: each plain step takes it 2·rate of the way that is left, up to
    # 0.0005 of that. 240 of the 400 examples are the training set.
    rate, height = 0.001, 1e6 * (1 + torch.rand(()).item())

    def epoch(batch_size):
        """The notebook after one epoch, and how many plain steps its net has made, as far as the height shows."""
        other = rerun(true_w=[1.0, -1.0], true_b=height, n=400, batch_size=batch_size, learning_rate=rate, num_epochs=1)
        return other, found(other)[2].item() / height / (2 * rate)

    (_, one), (_, everything), (_, two), (last, many) = map(epoch, (240, 400, 120, 3))
    # One batch holds the training set, with room to spare or without. Nesterov's momentum makes up to two of one step,
    # a warm-up a fraction.
    within(one, 0.2, 1.97, what="the steps of an epoch of one batch")
    same(everything / one, 1, atol=0.01, what="the steps with a larger batch_size, of those with one batch")
    # Where the second step is smaller, the rate falls, and many steps are less. Plain steps are equal.
    within(two, 1.2 * one, None, what="the steps of an epoch of two batches")
    plain = 1.99 <= two / one <= 2.01
    if plain:
        same(one, 1, atol=0.02, what="the steps of an epoch of one batch")
    usual = (1 - (1 - 2 * rate) ** 80) / (2 * rate)
    within(many, (0.96 if plain else 0.35) * usual, None, what="the steps of an epoch of 80 batches")
    # A first step at the full rate begins no warm-up, so the second one is less than twice as large, whatever the
    # momentum. An old gradient makes it twice as large, up to 0.002. Where none is ever cleared, other checks say so.
    assert abs(one - 1) > 0.02 or two / one <= 2.995 or many > 8 * usual

    # Batches in order end within 0.7 of where they lead here (12 seeds), shuffled ones at least 17 away (40 seeds).
    train = set_of(last, "train")
    if train is not None:
        assert (found(last) - in_order(train, 3, rate)).abs().max() > 2

    if plain:
        few = rerun(true_w=[1.0, -1.0], true_b=height, n=20, batch_size=6, learning_rate=0.05, num_epochs=3)
        train = set_of(few, "train")
        # Twelve examples are shuffled into the same two batches twice again in 5 of a million.
        if train is not None and len(train[1]) == 12:
            assert (found(few) - repeated(train, 6, 0.05)).abs().amax(dim=1).min() > SAME


@check(points=1, title="The net learns from the training set, and the test set is kept apart",
       zh="net 只从训练集中学习，测试集单独留着",
       hint="Train on train, watch validation, and measure test_loss on test: no example in two of them. Nothing of true_w "
            "and true_b goes into the net but by way of the training examples.",
       zh_hint="用 train 训练，用 validation 观察，最后在 test 上算 test_loss，同一个样本不能出现在两份里。"
               "true_w 和 true_b 只能通过训练样本影响网络。")
def test_apart(rerun):
    w, b = a_line(2)
    # The whole training set, or more, is one batch.
    other = rerun(true_w=w, true_b=b, n=20, batch_size=20, learning_rate=0.15, num_epochs=300)
    line = found(other)
    # Twelve noisy examples don't tell the line itself: the least squares are off by 0.003 in each number.
    assert (line - torch.tensor([*w, b])).abs().max() > 1e-4

    sets = [set_of(other, name) for name in ("train", "validation", "test")]
    if any(each is None for each in sets):
        return
    rows = [set(map(tuple, inputs.tolist())) for inputs, _ in sets]
    assert not any(one & another for one, another in itertools.combinations(rows, 2))
    loss = number(other.test_loss)
    same(loss, loss_on(sets[2], line), atol=0.005 * loss + 1e-9, what="test_loss")
    # A net that has learned from other examples ends at theirs, to 1e-5 in float32. One that has stopped early is at no
    # least squares at all.
    if (line - least_squares(*sets[0])).norm() > 1e-4:
        assert all((line - least_squares(*each)).norm() > 3e-5 for each in neighbours(sets))


def neighbours(sets):
    """Runs of neighbouring examples, the last one before the first, that are not of the training set alone."""
    kept = len(sets[0][0])
    inputs, labels = (torch.cat(each) for each in zip(*sets))
    count = len(labels)
    for first, length in itertools.product(range(count), range(4, count + 1)):
        places = torch.arange(first, first + length) % count
        if places.max() >= kept:
            yield inputs[places], labels[places]
