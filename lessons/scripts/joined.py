"""Descent with slopes that are joined by hand, for labs 03 and 09: sums over rows
for the weights, a mean for the bias, one bias slope for all outputs, and clipped
slopes. Plain numpy in float64.
"""
import numpy as np

X = np.array([[1.0], [2.0], [3.0]])
Y = np.array([[1.0], [2.0], [3.0]])
EXAMS = np.array([[73, 80, 75], [93, 88, 93], [89, 91, 90], [96, 98, 100], [73, 66, 70]], float)
FINAL = np.array([[152], [185], [180], [196], [142]], float)

# Eight features and four kinds; lesson lab09 holds the same rows.
KINDS = [[1, 1, 0, 0, 0, 0, 1, 0], [0, 0, 1, 1, 0, 0, 0, 1], [0, 1, 0, 1, 1, 0, 0, 0], [1, 0, 0, 0, 1, 1, 0, 1]]


def animals():
    """Each kind as it is, and with each of two features turned over."""
    rows, labels = [], []
    for kind, features in enumerate(KINDS):
        for flip in (None, kind, 7 - kind):
            row = list(features)
            if flip is not None:
                row[flip] = 1 - row[flip]
            rows.append(row)
            labels.append(kind)
    return np.array(rows, float), np.array(labels)


def joined(x, y, w, b, rate, steps):
    w, losses = w.copy(), []
    for _ in range(steps + 1):
        error = x @ w + b - y
        losses.append(0.5 * (error**2).sum())
        if len(losses) > steps:
            return w, b, np.array(losses)
        w -= rate * (x.T @ error)
        b -= rate * error.mean()


def sigmoids(x, labels, rate, steps):
    classes = labels.max() + 1
    y = np.eye(classes)[labels]
    w, b = np.zeros((x.shape[1], classes)), np.zeros(classes)
    for step in range(steps + 1):
        p = 1 / (1 + np.exp(-(x @ w + b)))
        loss = -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum()
        right = (p.argmax(1) == labels).mean()
        if step == steps:
            return loss, right, b
        delta = p - y
        w -= rate * x.T @ delta
        b -= rate * delta.sum()


if __name__ == "__main__":
    w, b, losses = joined(X, Y, np.array([[2.0]]), 5.0, 0.1, 1000)
    print("09-5:", w.ravel(), b, "half the sum of squares", losses[0], losses[-1])
    a = 0.1 * np.array([[14.0, 6.0], [2.0, 1.0]])
    print("  what a step takes away, along its two directions:", np.linalg.eigvals(a))
    w, b, losses = joined(EXAMS, FINAL, np.ones((3, 1)), 5.0, 1e-6, 10_000)
    print("09-6:", losses[0], losses[-1], "rises", (np.diff(losses) > 0).sum(), "bias", b)
    print("  largest rate:", 2 / np.linalg.eigvalsh(EXAMS.T @ EXAMS).max())
    x, labels = animals()
    for row, label in zip(x.astype(int).tolist(), labels.tolist()):
        print("  ", row + [label])
    for steps in (0, 100, 400):
        print("09-7:", steps, *sigmoids(x, labels, 0.01, steps))
    first = 12 * 4 * np.log(2)
    print("  all weights 0:", first)
