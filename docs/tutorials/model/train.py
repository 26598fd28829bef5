"""Trains a classifier of irises and writes it to FOLDER/model.joblib: train.py FOLDER [TREES]."""

import pathlib
import sys

import joblib
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score

folder = pathlib.Path(sys.argv[1])
trees = int(sys.argv[2]) if len(sys.argv) > 2 else 1
iris = load_iris()
model = RandomForestClassifier(n_estimators=trees, random_state=0)
print(f"{trees} trees, accuracy {cross_val_score(model, iris.data, iris.target, cv=5).mean():.3f}")
folder.mkdir(parents=True, exist_ok=True)
joblib.dump({"model": model.fit(iris.data, iris.target), "species": iris.target_names.tolist(), "trees": trees},
            folder / "model.joblib")
